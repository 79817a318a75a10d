import { chmod, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { guestImage, type TestHost } from '../hosts/index.js';
import { Service } from './service.js';

export const unitDirectory = new URL('../../packaging/systemd/', import.meta.url).pathname;
/** Where Debian's libvirt has them. */
export const images = '/var/lib/libvirt/images';
const checkout = new URL('../../', import.meta.url).pathname;

/** What a unit and its drop-ins say, by the names of their settings; of one that is there again, all values. */
export async function readUnit(...files: string[]): Promise<Map<string, string[]>> {
  const settings = new Map<string, string[]>();
  for (const file of files) {
    const text = await readFile(join(unitDirectory, file), 'utf8');
    for (const [, name = '', value = ''] of text.matchAll(/^([A-Z]\w+)=(.*)$/gm))
      settings.set(name, [...(settings.get(name) ?? []), ...value.split(' ')]);
  }
  return settings;
}

/** The options of a host whose libvirt lets in whom Debian's does. */
export const forGroup = {
  libvirtdConf: ['unix_sock_group = "libvirt"', 'unix_sock_rw_perms = "0770"'],
};

/** The user of the unit, its directories and the service's files, as an installation has them. Run inside the host. */
const install = `set -eu
dir=$1 checkout=$2 node=$3 units=$4
mkdir -p "$dir/users/etc" "$dir/users/usr/lib/sysusers.d"
cp -p /etc/passwd /etc/group "$dir/users/etc"
cp "$units/virtwarden.sysusers" "$dir/users/usr/lib/sysusers.d/virtwarden.conf"
systemd-sysusers --root="$dir/users"
for file in passwd group; do mount --bind "$dir/users/etc/$file" "/etc/$file"; done
# tmpfs is made with more
chmod 711 /var/lib/libvirt/images
systemd-tmpfiles --create "$units/virtwarden.tmpfiles"
install -d -o virtwarden -g virtwarden -m 700 "$dir/state"
install -d -o virtwarden -g virtwarden -m 755 "$dir/service"
mount -t tmpfs -o mode=755 tmpfs /opt
mkdir /opt/virtwarden
mount --bind "$checkout" /opt/virtwarden
: >/opt/node
mount --bind "$node" /opt/node
`;

/** Installs the service in a host as its package does, with the guest's files among the images. */
export async function installUnit(host: TestHost): Promise<void> {
  await chmod(host.dir, 0o711);
  await host.run('sh', ['-c', install, 'sh', host.dir, checkout, process.execPath, unitDirectory]);
  await installImages(host);
}

/** Puts the guest's files among the host's images. */
export async function installImages(host: TestHost): Promise<void> {
  const { kernel, initrd } = await guestImage();
  await host.run('sh', ['-c', 'cp "$1" "$3/vmlinuz" && cp "$2" "$3/initrd"', 'sh', kernel, initrd, images]);
}

/** The guest's files as VMs may name them then. */
export const installedBoot = async (): Promise<{ kernel: string; initrd: string; cmdline: string }> => ({
  kernel: `${images}/vmlinuz`,
  initrd: `${images}/initrd`,
  cmdline: (await guestImage()).cmdline,
});

/** Starts the service as a unit runs it; waits as Service.start does. */
export const startUnit = (
  host: TestHost,
  unit: ReadonlyMap<string, string[]>,
  waitFor = 'connected to libvirt',
): Promise<Service> =>
  Service.start(host, {
    waitFor,
    command: commandOf(unit),
    socket: join(host.dir, 'service', 'api.sock'),
    env: { VIRTWARDEN_IMAGE_DIRS: images },
  });

/** The command that runs the service with the user and the capabilities of a unit. */
function commandOf(unit: ReadonlyMap<string, string[]>): string[] {
  const values = (name: string): string[] => unit.get(name) ?? [];
  const [user = '', group = ''] = [...values('User'), ...values('Group')];
  const only = (names: string[]): string =>
    ['-all', ...names.map((name) => `+${name.replace('CAP_', '').toLowerCase()}`)].join();
  const ambient = only(values('AmbientCapabilities'));
  // where a host of a test has the checkout: it shares /usr with the machine
  const program = values('ExecStart')
    .slice(1)
    .map((arg) => arg.replace('/usr/lib/virtwarden/', '/opt/virtwarden/'));
  return [
    'setpriv',
    `--reuid=${user}`,
    `--regid=${group}`,
    `--groups=${values('SupplementaryGroups').join()}`,
    `--inh-caps=${ambient}`,
    `--ambient-caps=${ambient}`,
    `--bounding-set=${only(values('CapabilityBoundingSet'))}`,
    '--no-new-privs',
    // what tap has each process of Node.js load may lie where this user may not look
    ...['env', '--unset=NODE_OPTIONS'],
    '/opt/node',
    ...program,
  ];
}

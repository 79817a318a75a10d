import type { TestHost } from '../hosts/index.js';
import { canaryDir, images, poolDir } from './names.js';

/** All that is on the host by kind: what a request may leave, and what none may touch. */
export type Census = Record<string, string[]>;

const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .toSorted();

/** Files, with what they are. */
const listing = (host: TestHost, dirs: string[]): Promise<string> =>
  host.run('find', [...dirs, '-xdev', '-printf', '%p %y %m\n']);

/** Asks the host itself, beside the service. */
export async function takeCensus(host: TestHost): Promise<Census> {
  const { chains, jumps, bindings, taps } = await host.leftovers();
  const state = `${host.dir}/state`;
  const found: Record<string, Promise<string>> = {
    vms: host.virsh('list', '--all', '--name'),
    filters: host.virsh('nwfilter-list'),
    networks: host.virsh('net-list', '--all', '--name'),
    pools: host.virsh('pool-list', '--all', '--name'),
    'network devices': host.run('ls', ['/sys/class/net']),
    // those of ebtables and iptables stay, empty, once a rule was in them
    'nft tables': host.run('sh', ['-c', 'nft list tables | grep virtwarden']),
    libvirtd: host.run('pidof', ['libvirtd']),
    QEMUs: host.run('sh', [
      '-c',
      'ls -d /proc/[0-9]*/exe | xargs -n1 readlink | grep -c qemu-system || true',
    ]),
    files: listing(host, [images, poolDir, '/etc/libvirt', `${state}/journal`]),
    'files of libvirt': listing(host, ['/var/lib/libvirt/qemu']),
    state: host.run('ls', [state]),
    canaries: host.run('sh', [
      '-c',
      `find ${canaryDir} -type f -printf '%p %T@ ' -exec sha256sum {} +; ls ${canaryDir}`,
    ]),
    'files of the host': host.run('sh', [
      '-c',
      `sha256sum /etc/passwd /etc/hosts ${images}/vmlinuz ${images}/initrd`,
    ]),
  };
  const told = await Promise.all(
    Object.entries(found).map(async ([kind, text]): Promise<[string, string[]]> => [
      kind,
      linesOf(await text),
    ]),
  );
  return { ...Object.fromEntries(told), chains, jumps, bindings, taps };
}

/** What one census has and the other has not. */
export function differences(before: Census, after: Census): string[] {
  return Object.keys({ ...before, ...after }).flatMap((kind) => {
    const [was, is] = [new Set(before[kind]), new Set(after[kind])];
    return [
      ...[...is].filter((one) => !was.has(one)).map((one) => `${kind}: ${one} is left`),
      ...[...was].filter((one) => !is.has(one)).map((one) => `${kind}: ${one} is gone`),
    ];
  });
}

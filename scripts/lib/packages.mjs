import { output, exists, quietly } from './run.mjs';
import { Stop, WRONG_USE, say } from './stop.mjs';

const qemu =
  { x64: 'qemu-system-x86', arm64: 'qemu-system-arm', ppc64: 'qemu-system-ppc' }[process.arch] ??
  'qemu-system';

/** Debian packages by what they are needed for, and the commands that show on another system that they are there. */
const needs = {
  build: {
    debian: ['g++', 'make', 'python3', 'pkg-config', 'libvirt-dev'],
    commands: ['g++', 'make', 'python3', 'pkg-config'],
  },
  host: {
    debian: [
      'libvirt-daemon-system',
      'libvirt-daemon-config-nwfilter',
      'libvirt-clients',
      qemu,
      'qemu-utils',
      'ebtables',
      'nftables',
      'iproute2',
      'dnsmasq-base',
    ],
    commands: ['libvirtd', 'virsh', 'qemu-img', 'ebtables', 'nft', 'ip'],
  },
  testHosts: { debian: ['busybox-static', 'cpio'], commands: ['busybox', 'cpio'] },
};

const without = `\`npm run test:unit\` runs without root and needs only ${needs.build.debian.join(', ')}`;

const isDebian = () => exists('apt-get') && exists('dpkg-query');
export const isRoot = () => process.getuid?.() === 0;

function missingPackages(names) {
  const known =
    output('sh', [
      '-c',
      'dpkg-query -W -f \'${db:Status-Abbrev} ${Package}\\n\' "$@" || true',
      'sh',
      ...names,
    ]) ?? '';
  const installed = new Set(
    known.split('\n').flatMap((line) => (line.startsWith('ii ') ? [line.split(/\s+/)[1]] : [])),
  );
  return names.filter((name) => !installed.has(name));
}

/**
 * @param services false keeps the packages' daemons from being started or restarted while they are set up
 */
async function install(packages, services) {
  say(`installing these Debian packages with apt-get, which takes a minute or two: ${packages.join(' ')}`);
  const env = {
    DEBIAN_FRONTEND: 'noninteractive',
    NEEDRESTART_SUSPEND: '1',
    ...(services ? {} : { SYSTEMD_OFFLINE: '1' }),
  };
  const wait = ['-o', 'DPkg::Lock::Timeout=300'];
  await quietly('apt-get', ['update', '-q', ...wait], env);
  await quietly(
    'apt-get',
    ['install', '-y', '-q', '--no-install-recommends', '--no-remove', ...wait, ...packages],
    env,
  );
}

/**
 * Sees to it that what the given needs stand for is on this machine: installs it where that is wanted and possible,
 * else stops with the sentence that says what to install.
 * @param what names of `needs`
 * @param mayInstall whether root's wish to have them installed is understood
 * @param services see install
 */
export async function ensurePackages(what, { mayInstall, services = false }) {
  const wanted = what.flatMap((name) => needs[name].debian);
  if (!isDebian()) {
    const missing = what.flatMap((name) => needs[name].commands).filter((command) => !exists(command));
    const headers = exists('pkg-config') && output('pkg-config', ['--exists', 'libvirt']) !== undefined;
    if (missing.length === 0 && headers) return;
    throw new Stop(
      `This system has no apt-get: install what Debian calls ${wanted.join(', ')} with its own package manager ` +
        `(not found: ${[...missing, ...(headers ? [] : ["libvirt's headers"])].join(', ')}); ${without}.`,
      WRONG_USE,
    );
  }
  const missing = missingPackages(wanted);
  if (missing.length === 0) return;
  if (mayInstall && isRoot()) return install(missing, services);
  const apt = `apt-get install --no-install-recommends ${missing.join(' ')}`;
  throw new Stop(
    `Debian packages are missing: install them with \`${isRoot() ? '' : 'sudo '}${apt}\`; ${without}.`,
    WRONG_USE,
  );
}

import { install } from './apt.mjs';
import { exists, output } from './run.mjs';
import { Stop, WRONG_USE } from './stop.mjs';

const qemu =
  { x64: 'qemu-system-x86', arm64: 'qemu-system-arm', ppc64: 'qemu-system-ppc' }[process.arch] ??
  'qemu-system';

/** UEFI for guests of the host's kind; on POWER there is none. */
const firmware = { x64: ['ovmf'], arm64: ['qemu-efi-aarch64'] }[process.arch] ?? [];

/** Debian packages by what they are needed for, and the commands that show on another system that they are there. */
const needs = {
  build: {
    debian: ['g++', 'make', 'python3', 'pkg-config', 'libvirt-dev', 'libmnl-dev'],
    commands: ['g++', 'make', 'python3', 'pkg-config'],
  },
  host: {
    debian: [
      'libvirt-daemon-system',
      'libvirt-daemon-config-nwfilter',
      'libvirt-clients',
      qemu,
      'qemu-utils',
      ...firmware,
      // makes the CD-ROM images for cloud-init
      'xorriso',
      'ebtables',
      'nftables',
      'iproute2',
      'dnsmasq-base',
      'curl', // for the walk in the README
    ],
    commands: ['libvirtd', 'virsh', 'qemu-img', 'xorriso', 'ebtables', 'nft', 'ip', 'curl'],
  },
  // Their guests run Debian's kernel, which apt downloads; of systemd the tools that read units, nothing that runs.
  testHosts: { debian: ['busybox-static', 'systemd', 'libfaketime'], debianOnly: true },
  // What the service is measured against, and what sends the requests.
  bench: {
    debian: [
      'python3-libvirt',
      'python3-fastapi',
      'uvicorn',
      'python3-uvloop',
      'python3-httptools',
      'python3-dbus',
      'libvirt-dbus',
      'dbus-daemon',
      'libpugixml-dev',
      'nghttp2-client',
      'util-linux', // taskset
    ],
    debianOnly: true,
  },
  // What the examples are run with, beside Node.js and curl.
  examples: { debian: ['golang-go', 'jq', 'python3'], debianOnly: true },
  // What the page is looked at with, and letters to see.
  browser: { debian: ['chromium', 'fonts-dejavu-core'], debianOnly: true },
  package: { debian: ['debhelper', 'dpkg-dev'], debianOnly: true },
  // Builds and runs the image without an engine, on a base that it makes of Debian's packages.
  image: { debian: ['buildah', 'debootstrap', 'crun'], debianOnly: true },
};

/** What can be done on a machine that lacks some of `names`. */
const without = (names) =>
  names.length > 1
    ? `; \`npm run test:unit\` runs without root and needs only ${needs.build.debian.join(', ')}`
    : '';

const isDebian = () => exists('apt-get') && exists('dpkg-query');
export const isRoot = () => process.getuid?.() === 0;

function missingPackages(names) {
  // It fails when it does not know one of them, and tells of the others all the same.
  const query = ['dpkg-query', '--show', '--showformat=${db:Status-Abbrev}|${Package}\\n', ...names];
  const known = output('sh', ['-c', '"$@" || true', 'sh', ...query]) ?? '';
  const installed = known.split('\n').flatMap((line) => (/^.i/.test(line) ? [line.split('|')[1]] : []));
  return names.filter((name) => !installed.includes(name));
}

function checkOtherSystem(names) {
  const wanted = names.map((name) => needs[name]);
  if (wanted.some(({ debianOnly }) => debianOnly)) {
    throw new Stop(
      `The tests on real hosts need Debian, whose kernel their guests run${without(names)}.`,
      WRONG_USE,
    );
  }
  const missing = wanted.flatMap(({ commands }) => commands).filter((command) => !exists(command));
  for (const library of ['libvirt', 'libmnl']) {
    if (output('pkg-config', ['--exists', library]) === undefined) missing.push(`${library}'s headers`);
  }
  if (missing.length === 0) return;
  throw new Stop(
    `This system has no apt-get: install ${missing.join(', ')} with its own package manager${without(names)}.`,
    WRONG_USE,
  );
}

/**
 * Sees to it that what the given needs stand for is on this machine: installs it where that is wanted and possible,
 * else stops with the sentence that says what to install.
 * @param names of `needs`
 * @param mayInstall whether it may be installed, which takes root
 * @param services see install
 */
export async function ensurePackages(names, { mayInstall, services }) {
  if (!isDebian()) return checkOtherSystem(names);
  const missing = missingPackages(names.flatMap((name) => needs[name].debian));
  if (missing.length === 0) return;
  if (mayInstall && isRoot()) return install(missing, services);
  const command = `${isRoot() ? '' : 'sudo '}apt-get install --no-install-recommends ${missing.join(' ')}`;
  throw new Stop(
    `Debian packages are missing: install them with \`${command}\`${without(names)}.`,
    WRONG_USE,
  );
}

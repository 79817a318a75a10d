import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { inChroot } from './chroot.mjs';
import { kvmIsClosed } from './kvm.mjs';
import { say } from './stop.mjs';

const directory = '/run/virtwarden';
const settings = '/etc/libvirt/qemu.conf';

/**
 * libvirt gives each QEMU a mount namespace with a /dev of its own and fills it after entering that namespace, which
 * takes it out of a chroot: there /dev stays empty, and most VMs do not start. Nor can it take along what covers a file
 * of /dev.
 */
function withoutNamespaces() {
  const text = readFileSync(settings, 'utf8');
  const why = inChroot() ? 'this is a chroot' : kvmIsClosed() && 'QEMU may not open /dev/kvm here';
  if (!why || /^\s*namespaces\s*=/m.test(text)) return [];
  say(`${why}, where its mount namespaces cannot work: libvirtd sees \`namespaces = []\` in qemu.conf`);
  return [{ covered: settings, by: 'qemu.conf', text: `${text}\nnamespaces = []\n` }];
}

/**
 * libvirt looks for KVM with rights that QEMU will not have, and finds it; then it sees that QEMU may not open it, and
 * looks again at each use: VMs are defined for KVM, slowly, and do not start. A file that is no KVM settles it.
 */
function withoutKvm() {
  return kvmIsClosed() ? [{ covered: '/dev/kvm', by: 'no-kvm', text: '' }] : [];
}

/**
 * The command that starts libvirt's daemon where no service manager does. Where the machine needs it, the daemon sees
 * some files as others in a mount namespace of its own; the files themselves stay as they are.
 */
export function ownDaemon(command) {
  const coverings = [...withoutNamespaces(), ...withoutKvm()];
  if (coverings.length === 0) return command;
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const mounts = coverings.map(({ covered, by, text }) => {
    const path = `${directory}/${by}`;
    writeFileSync(path, text, { mode: 0o600 });
    return `mount --bind ${path} ${covered}`;
  });
  const script = [...mounts, 'exec "$@"'].join(' && ');
  return ['unshare', '--mount', '--propagation', 'slave', 'sh', '-c', script, 'sh', ...command];
}

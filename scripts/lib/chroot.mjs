import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { output } from './run.mjs';
import { say } from './stop.mjs';

const settings = '/etc/libvirt/qemu.conf';
const amended = '/run/virtwarden/qemu.conf';

/** Whether this process's root is another directory than its mount namespace's. */
function inChroot() {
  const { dev, ino } = statSync('/');
  const outer = output('nsenter', ['--mount=/proc/self/ns/mnt', 'stat', '-c', '%d:%i', '/']);
  return outer !== undefined && outer !== `${dev}:${ino}`;
}

/**
 * The command that starts libvirt's daemon here. libvirt gives each QEMU a mount namespace with a /dev of its own, and
 * fills it after entering that namespace, which takes it out of a chroot: there /dev stays empty and most VMs do not
 * start. So in a chroot the daemon sees its settings with that turned off; the file itself stays as it is.
 */
export function daemonCommand(command) {
  if (!inChroot()) return command;
  const text = readFileSync(settings, 'utf8');
  if (/^\s*namespaces\s*=/m.test(text)) return command;
  say(
    'this is a chroot: libvirtd is started with `namespaces = []`, for its mount namespaces cannot work here',
  );
  mkdirSync('/run/virtwarden', { recursive: true, mode: 0o700 });
  writeFileSync(amended, `${text}\nnamespaces = []\n`, { mode: 0o600 });
  const script = 'mount --bind "$0" "$1" && shift && exec "$@"';
  return ['unshare', '--mount', '--propagation', 'slave', 'sh', '-c', script, amended, settings, ...command];
}

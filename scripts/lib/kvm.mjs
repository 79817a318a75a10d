import { statSync } from 'node:fs';
import { output } from './run.mjs';

/** Whether the machine has KVM, and the user that Debian runs QEMU as may not open it: so it is where no udev runs. */
export function kvmIsClosed() {
  const kvm = statSync('/dev/kvm', { throwIfNoEntry: false });
  const groups = output('id', ['-G', 'libvirt-qemu'])?.split(' ').map(Number);
  if (!kvm || !groups) return false;
  const may = (bits) => (kvm.mode & bits) === bits;
  return !may(0o006) && !(may(0o060) && groups.includes(kvm.gid));
}

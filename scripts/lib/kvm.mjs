import { statSync } from 'node:fs';
import { output } from './run.mjs';
import { say } from './stop.mjs';

/** Says so when the machine has KVM and the user that Debian runs QEMU as may not open it. */
export function mentionClosedKvm() {
  const kvm = statSync('/dev/kvm', { throwIfNoEntry: false });
  const groups = output('id', ['-G', 'libvirt-qemu'])?.split(' ').map(Number);
  if (!kvm || !groups) return;
  const byGroup = groups.includes(kvm.gid) && (kvm.mode & 0o060) === 0o060;
  if (byGroup || (kvm.mode & 0o006) === 0o006) return;
  say(
    '/dev/kvm is closed to QEMU, so VMs are emulated, slowly; `chgrp kvm /dev/kvm && chmod 660 /dev/kvm` opens it',
  );
}

import type { TestHost } from './host.js';
import { outerPid } from './libvirtd.js';

/** The pid of a running VM's QEMU, as seen from outside. @throws Error when there is none */
export const qemuPid = async (host: TestHost, vm: string): Promise<number> =>
  outerPid(host.pid, Number(await host.run('cat', [`/run/libvirt/qemu/${vm}.pid`])));

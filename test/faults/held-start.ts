import type { TestHost } from '../hosts/index.js';
import type { Service } from '../integration/service.js';

/** Whether libvirt has found a VM in a start that was cut off before its QEMU ran, and holds it so. */
export async function isHeld(host: TestHost, vm: string): Promise<boolean> {
  // one that runs has the pid of its QEMU there; one that is off has no such file
  const command = `grep -s "^<domstatus .*pid='0'>" /run/libvirt/qemu/${vm}.xml || true`;
  return (await host.run('sh', ['-c', command])) !== '';
}

/** Does what the service tells the operator to do about such a VM. */
export async function letGo(host: TestHost, service: Service, vm: string): Promise<void> {
  const seen = service.logLength;
  await host.libvirtd.stop();
  await host.run('rm', [`/run/libvirt/qemu/${vm}.xml`]);
  await host.libvirtd.start();
  await service.logged('connected to libvirt', seen);
}

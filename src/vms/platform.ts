import type { Connection } from 'node-libvirt';
import { type GuestPlatform, hostArch, readDomainCapabilities } from '../xml/capabilities.js';

/** The machine type a new VM gets where libvirt's own default is an old one. */
const machines: Readonly<Record<string, string>> = { x86_64: 'q35', aarch64: 'virt', riscv64: 'virt' };

/**
 * The platform of a new VM: KVM where the host has it, else emulation, unless the caller says which.
 * @throws LibvirtError when the host cannot run such a VM
 */
export async function choosePlatform(
  connection: Connection,
  virtType: string | undefined,
): Promise<GuestPlatform> {
  const arch = hostArch(await connection.getCapabilities()) ?? null;
  const machine = machines[arch ?? ''] ?? null;
  return readDomainCapabilities(
    await connection.getDomainCapabilities(null, arch, machine, virtType ?? null),
  );
}

import type { Domain } from 'node-libvirt';
import { findVm } from '../vms/find.js';
import type { VmContext } from '../vms/context.js';
import { aliasOf, interfacesOf } from '../xml/interface.js';
import { parseXml } from '../xml/tree.js';

/** What QEMU has of NICs, by libvirt's names for them. */
export interface QemuNics {
  /** Those that the guest has. */
  nics: string[];
  /** Those of which there is the host's end alone. */
  halves: string[];
}

/** Reads what QEMU says to `info network`. */
export function readQemuNics(said: string): QemuNics {
  const names = (pattern: RegExp): string[] => [...said.matchAll(pattern)].map(([, name = '']) => name);
  return { nics: names(/^(\S+): index=\d+,type=nic,/gm), halves: names(/^host(\S+): index=\d+,type=tap,/gm) };
}

/** The names that libvirt gives to NICs, up to that of the next one. QEMU does not tell which it has been handed a tap for. */
function numbered(known: ReadonlySet<string | undefined>): string[] {
  const numbers = [...known].map((name) => Number(/^net(\d+)$/.exec(name ?? '')?.[1] ?? -1));
  return Array.from({ length: Math.max(-1, ...numbers) + 2 }, (_, i) => `net${i}`);
}

interface Reply {
  return?: unknown;
  error?: { desc: string };
}

const ask = async (domain: Domain, execute: string, args: object): Promise<Reply> =>
  JSON.parse(await domain.qemuMonitorCommand(JSON.stringify({ execute, arguments: args }))) as Reply;

/**
 * Has a VM's QEMU give up the NICs that libvirt knows nothing of: a daemon that ends while it plugs one in forgets it, and until it
 * is gone it holds its tap, and the name that the VM's next NIC is to have. The host's end goes at once, and the tap with it; what
 * the guest has seen goes when the guest lets it, and is asked for once: a guest takes a second time for “never mind”.
 * While libvirt plugs something in or out, it asks QEMU nothing for others.
 * @param vm its UUID
 * @returns whether QEMU has given up any
 * @throws LibvirtError
 */
export async function dropForgotten({ connection }: VmContext, vm: string): Promise<boolean> {
  await using domain = await findVm(connection, vm);
  if (!domain || !(await domain.isActive())) return false;
  const said = await ask(domain, 'human-monitor-command', { 'command-line': 'info network' });
  const { nics, halves } = readQemuNics(String(said.return));
  // read after it: what was plugged in meanwhile libvirt knows
  const known = new Set(interfacesOf(parseXml(await domain.getXMLDesc())).map(aliasOf));
  const forgotten = (names: string[]): string[] => names.filter((name) => !known.has(name));
  const replies: Reply[] = [];
  for (const name of forgotten([...nics, ...halves]))
    replies.push(await ask(domain, 'netdev_del', { id: `host${name}` }));
  for (const name of forgotten(numbered(known)))
    for (const fdname of [`tapfd-${name}0`, `vhostfd-${name}0`])
      replies.push(await ask(domain, 'closefd', { fdname }));
  for (const id of forgotten(nics)) await ask(domain, 'device_del', { id });
  return replies.some(({ error }) => error === undefined);
}

import { readFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import type { Peer } from './peers/peer.js';
import { median } from './sample.js';

/** What the kernel says of the memory of a peer's first process, MB: 10⁶ bytes. */
async function memory({ processes }: Peer, what: 'VmHWM' | 'VmRSS'): Promise<number> {
  const status = await readFile(`/proc/${processes[0]?.pid}/status`, 'utf8');
  const kib = new RegExp(`^${what}:\\s*(\\d+) kB$`, 'm').exec(status)?.[1];
  return (Number(kib) * 1024) / 1e6;
}

/** The most that it ever had. */
export const peakMemory = (peer: Peer): Promise<number> => memory(peer, 'VmHWM');

/** What it has now: the middle of some looks, for it goes up and down. */
export async function memoryNow(peer: Peer): Promise<number> {
  const looks: number[] = [];
  for (let i = 0; i < 9; i++) {
    looks.push(await memory(peer, 'VmRSS'));
    await setTimeout(100);
  }
  return median(looks);
}

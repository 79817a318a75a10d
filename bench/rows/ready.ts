import { type Peer, stop } from '../peers/peer.js';
import { startService } from '../peers/service.js';
import { latency } from '../rows.js';
import { sampleOf } from '../sample.js';
import type { Bench } from '../section.js';
import type { Stage } from '../stage.js';

export const readyRow = (size: number): string => `start of the service until it is ready, ${size} VMs`;

/**
 * From the start of the process to the first 200 of /readyz, for a service that has had its first start: that one makes the
 * state. @returns the service of the last start
 */
export async function ready({ plan, record }: Bench, { host, size }: Stage, running: Peer): Promise<Peer> {
  let peer = running;
  const times: number[] = [];
  for (let i = 0; i < plan.restarts; i++) {
    await stop(peer);
    const began = performance.now();
    peer = await startService(host);
    times.push(performance.now() - began);
  }
  await record([latency(readyRow(size), peer.name, [sampleOf(times)])]);
  return peer;
}

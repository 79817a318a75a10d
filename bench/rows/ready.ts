import { stop } from '../peers/peer.js';
import { startService } from '../peers/service.js';
import { latency } from '../rows.js';
import { sampleOf } from '../sample.js';
import type { Bench } from '../section.js';
import { Stage } from '../stage.js';

export const readyRow = (size: number): string => `start of the service until it is ready, ${size} VMs`;

/** From the start of the process to the first 200 of /readyz. The first start, which makes the state, is left out. */
export async function ready({ plan, record }: Bench): Promise<void> {
  const size = plan.sizes.large;
  await using stage = await Stage.start(size, ['service']);
  let peer = stage.peer('service');
  const { name } = peer;
  const times: number[] = [];
  for (let i = 0; i < plan.restarts; i++) {
    await stop(peer);
    const began = performance.now();
    peer = await startService(stage.host);
    times.push(performance.now() - began);
  }
  record([latency(readyRow(size), name, [sampleOf(times)])]);
}

import { load } from '../load.js';
import { peakMemory } from '../memory.js';
import type { Peer } from '../peers/peer.js';
import type { Bench } from '../section.js';
import { requestsIn } from '../plan.js';
import { listPath } from '../stage.js';

const clients = 4;
export const peakRow = (size: number): string => `peak memory, list of ${size}, ${clients} clients`;

/** The most memory that servers fresh from their start have had while a few clients read the longest list. */
export async function peak({ plan, record }: Bench, peers: readonly Peer[]): Promise<void> {
  const size = plan.sizes.large;
  const requests = requestsIn(10 * plan.roundMs, 0.25 * size, { least: clients, most: 200 });
  for (const peer of peers) {
    await load(peer, { paths: [listPath], requests, clients });
    await record([{ row: peakRow(size), who: peer.name, value: await peakMemory(peer), unit: 'MB' }]);
  }
}

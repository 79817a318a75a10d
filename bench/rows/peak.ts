import { load } from '../load.js';
import { peakMemory } from '../memory.js';
import type { Bench } from '../section.js';
import { requestsIn } from '../plan.js';
import { listPath, Stage } from '../stage.js';

const clients = 4;
export const peakRow = (size: number): string => `peak memory, list of ${size}, ${clients} clients`;

/** The most memory that a server fresh from its start has had while a few clients read the longest list. */
export async function peak({ plan, record }: Bench): Promise<void> {
  const size = plan.sizes.large;
  await using stage = await Stage.start(size, ['service', 'fastapi']);
  for (const peer of stage.peers) {
    const requests = requestsIn(10 * plan.roundMs, 0.25 * size, { least: clients, most: 200 });
    await load(peer, { paths: [listPath], requests, clients });
    record([{ row: peakRow(size), who: peer.name, value: await peakMemory(peer), unit: 'MB' }]);
  }
}

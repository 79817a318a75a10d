import { foundGuards } from '../guard/listing.js';
import { readKernelState } from '../kernel/state.js';
import type { CountedNic, DropCounter } from './counter.js';
import { dropSources } from './sources.js';

/** Takes in what the rules of a NIC have counted up to now. @throws Problem kernel-unreadable */
export async function countDrops(counter: DropCounter, about: CountedNic): Promise<void> {
  const state = await readKernelState();
  const guard = foundGuards(state.kernel.ingress.guards).get(about.port);
  counter.observe(about, dropSources(about.port, state, guard), state.read);
}

import { readKernelFacts } from '../enforcement/facts.js';
import { readGuards } from '../guard/guard.js';
import type { CountedNic, DropCounter } from './counter.js';
import { dropSources } from './sources.js';

/** Takes in what the rules of a NIC have counted up to now. @throws Problem kernel-unreadable */
export async function countDrops(counter: DropCounter, about: CountedNic): Promise<void> {
  const [kernel, guards] = await Promise.all([readKernelFacts(), readGuards()]);
  counter.observe(about, dropSources(about.port, kernel, guards.get(about.port)));
}

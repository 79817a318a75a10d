import type { Bench } from '../section.js';
import { Stage } from '../stage.js';
import { events } from './events.js';
import { mixed } from './mixed.js';

/** What goes on for long on a small host: events, and very many requests. */
export async function lasting(bench: Bench): Promise<void> {
  await using stage = await Stage.start(bench.plan.sizes.small, ['service']);
  await events(bench, stage);
  await mixed(bench, stage);
}

import type { Bench } from '../section.js';
import { Stage } from '../stage.js';
import { peak } from './peak.js';
import { ready } from './ready.js';

/** On a host of many VMs: how long a start takes, and what memory a server that has just started needs. */
export async function fresh(bench: Bench): Promise<void> {
  await using stage = await Stage.start(bench.plan.sizes.large, ['service', 'fastapi']);
  const service = await ready(bench, stage, stage.peer('service'));
  await peak(bench, [service, stage.peer('fastapi')]);
}

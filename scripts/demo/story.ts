import { setTimeout as sleep } from 'node:timers/promises';
import type { ServiceEvent } from '../../src/schemas/event.js';
import type { TestHost } from '../../test/hosts/index.js';
import type { EventStream } from '../../test/integration/event-stream.js';
import { Service } from '../../test/integration/service.js';
import { createActor } from './actor.js';
import { expect } from './expected.js';
import { type Cast, Lies } from './lies.js';
import { figure, say } from './screen.js';
import { commit, type Mended, sabotages } from './sabotage.js';
import { summarize } from './summary.js';

const reportSeconds = 5;

/** All that the demo shows, on a host of its own, for about so many seconds of lies. */
export async function story(host: TestHost, seconds: number, signal: AbortSignal): Promise<void> {
  const service = await Service.start(host);
  say('host', 'virtwarden serves its REST API in it');
  const events = await service.events({ query: '?types=spoof.dropped,enforcement.*' });
  say('request', 'GET /v1/events?types=spoof.dropped,enforcement.*');
  void tell(events);

  const honest = await createActor(host, service, 'honest');
  const liar = await createActor(host, service, 'liar');
  say('host', 'both guests boot');
  await Promise.all([honest, liar].map(({ guest }) => guest.ready().then(() => guest.up('eth0'))));

  const cast: Cast = { honest, liar, watcher: await host.observer() };
  const lies = await Lies.begin(service, cast);
  const todo = sabotages(liar.tap);
  const part = seconds / (todo.length + 1);
  await watch(lies, part, signal);
  const mended: Mended[] = [];
  for (const sabotage of todo) {
    mended.push(await commit(sabotage, { host, service, events, victim: liar }));
    await lies.report();
    await watch(lies, part, signal);
  }
  await summarize(host, cast, await lies.end(), mended);
  await clear(host, service, ['liar', 'honest']);
}

/** Says each event as it comes. */
async function tell(events: EventStream): Promise<void> {
  for await (const { type, data } of events as AsyncIterable<ServiceEvent>) {
    if (type === 'events.closed') return;
    if (type === 'spoof.dropped') say('event', `${type}: ${figure(data.frames)} frames, class ${data.class}`);
    else if (type === 'enforcement.drifted') {
      const findings = data.findings.map(({ code, detail }) => `${code}: ${detail}`);
      say('event', `${type}: ${findings.join(' ')}`);
    } else say('event', 'detail' in data ? `${type}: ${data.detail}` : type);
  }
}

async function watch(lies: Lies, seconds: number, signal: AbortSignal): Promise<void> {
  for (let left = seconds; left > 0; left -= reportSeconds) {
    await sleep(Math.min(left, reportSeconds) * 1000, undefined, { signal });
    await lies.report();
  }
}

/** Deletes the VMs: with them go their rules. */
async function clear(host: TestHost, service: Service, names: string[]): Promise<void> {
  for (const name of names) {
    const path = `/v1/vms/${name}?force=true`;
    say('request', `DELETE ${path}`);
    const { status } = await service.request('DELETE', path);
    expect(status === 204, `deleting ${name} was answered ${status}`);
  }
  const left = Object.values(await host.leftovers()).flat() as string[];
  expect(left.length === 0, `of the VMs there is left: ${left.join(', ')}`);
  say('removed', 'both VMs: no tap, no rule, no chain of theirs is left in the kernel');
}

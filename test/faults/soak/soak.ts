import { setTimeout } from 'node:timers/promises';
import { service as built } from '../../../scripts/lib/service.mjs';
import { differences } from '../../fuzz/census.js';
import { startHost } from '../../hosts/index.js';
import { Service } from '../../integration/service.js';
import { untilWhole } from '../../integration/whole.js';
import { Churn, prefix } from './churn.js';
import { Dice } from './dice.js';
import { faults, type Scene, serviceFaults } from './faults.js';
import { grown, takeCensus, type Usage, usageOf } from './measure.js';
import { Spoofers } from './spoofers.js';
import { Tally } from './tally.js';

export interface SoakOptions {
  minutes: number;
  seed: number;
  /** Told how far it is, a line a round. */
  say: (line: string) => void;
}

export interface Outcome {
  minutes: number;
  seed: number;
  rounds: number;
  /** How often each fault was made. */
  faults: Map<string, number>;
  /** See Tally. */
  ends: Map<string, number>;
  held: number;
  /** Frames that the two steady guests have sent, and forged ones that came through from any. */
  sent: number;
  seen: number;
  /** Looks at the service's last process, after each round. */
  looks: Usage[];
  findings: string[];
}

/** How long VMs come and go in a round before the fault and after it, ms. */
const calmMs = 6000;
const afterMs = 3000;

/**
 * VMs and NICs come and go on a host of its own, guests forge frames, and daemons die: rounds of quiet, a fault, and a look
 * whether all is as it was. The service itself is ended in the first third alone, so that the rest shows whether it grows.
 */
export async function soak({ minutes, seed, say }: SoakOptions): Promise<Outcome> {
  await using host = await startHost({ name: 'soak' });
  const start = (): Promise<Service> =>
    Service.start(host, { command: [built.program, ...built.args], env: built.env });
  const dice = new Dice(seed);
  const tally = new Tally();
  const made = new Map<string, number>();
  let service = await start();
  let looks: Usage[] = [];
  const scene: Scene = {
    host,
    dice,
    held: 0,
    service: () => service,
    again: async () => {
      service = await start();
      looks = [];
    },
  };
  const spoofers = await Spoofers.start(host, service);
  const churns = [1, 2].map((number) => new Churn(number, scene.service, dice, tally));
  const began = performance.now();
  const passed = (): number => (performance.now() - began) / 60_000 / minutes;

  async function churnAround(fault: (scene: Scene) => Promise<void>): Promise<void> {
    const end = new AbortController();
    const running = Promise.all(churns.map((churn) => churn.run(end.signal)));
    await setTimeout(calmMs);
    tally.disturbed = true;
    try {
      await fault(scene);
      await setTimeout(afterMs);
    } finally {
      end.abort();
      await running;
    }
  }

  /** Takes away what a fault has left of VMs that come and go. */
  async function clear(): Promise<void> {
    const events = await service.events();
    try {
      await untilWhole(host, service, events, () => undefined);
      const left = (await host.virsh('list', '--all', '--name')).split('\n');
      for (const vm of left.filter((name) => name.startsWith(prefix)))
        await tally.count('delete', () => service.request('DELETE', `/v1/vms/${vm}?force=true`));
      await untilWhole(host, service, events, () => undefined);
    } finally {
      events[Symbol.dispose]();
    }
    tally.disturbed = false;
  }

  // what the first VMs of a host leave for good, such as tables without a rule, is no finding
  await churnAround(() => Promise.resolve());
  await clear();
  const before = await takeCensus(host);
  let rounds = 0;
  let told = 0;
  while (passed() < 1) {
    const choices = passed() < 1 / 3 ? { ...faults, ...serviceFaults } : faults;
    const [name, fault] = dice.of(Object.entries(choices));
    made.set(name, (made.get(name) ?? 0) + 1);
    try {
      await churnAround(fault);
      await clear();
    } catch (error) {
      // nothing that comes after could be told from this
      tally.findings.push(`after ${name}, which ends it: ${(error as Error).message}`);
      break;
    }
    const left = differences(before, await takeCensus(host));
    tally.findings.push(...left.map((one) => `after ${name}: ${one}`));
    looks.push(await usageOf(service.pid));
    rounds += 1;
    const { memoryMB = NaN, handles = NaN } = looks.at(-1) ?? {};
    say(
      `${(passed() * minutes).toFixed(1)} min: ${name}; ${memoryMB.toFixed(0)} MB, ${handles} handles, ` +
        `${spoofers.seen} forged frames seen, ${tally.findings.length} findings`,
    );
    for (const finding of tally.findings.slice(told)) say(`  ${finding}`);
    told = tally.findings.length;
  }
  const sent = await spoofers.stop();
  const { seen } = spoofers;
  const findings = [
    ...tally.findings,
    ...(seen > 0 ? [`${seen} forged frames came through`] : []),
    ...(await spoofers.doubts()),
    ...grown(looks),
  ];
  await service.stop();
  return {
    minutes,
    seed,
    rounds,
    faults: made,
    ends: tally.ends,
    held: scene.held,
    sent,
    seen,
    looks,
    findings,
  };
}

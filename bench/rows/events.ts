import { EventStream } from '../../test/integration/event-stream.js';
import { definedVm } from '../domain.js';
import type { Bench } from '../section.js';
import type { Stage } from '../stage.js';

const readerCounts = [1, 8];
export const eventRow = (readers: number): string =>
  `events that reach ${readers === 1 ? 'a reader' : `each of ${readers} readers`}`;

/** Programs that define at a time. */
const definers = 4;
const patienceMs = 60_000;

/** libvirt tells of each definition: as fast as several programs get VMs defined, with readers of the events. */
async function atReaders({ plan, record }: Bench, stage: Stage, count: number): Promise<void> {
  const peer = stage.peer('service');
  const open = (): Promise<EventStream> => EventStream.open(peer.socket, peer.headers);
  const readers = await Promise.all(Array.from({ length: count }, open));
  const each = Math.ceil(plan.events / definers);
  const events = each * definers;
  const redefine = (_: unknown, i: number): Promise<string> =>
    stage.raw('raw-change', ['redefine', String(each), definedVm(i).name]);
  const lost = AbortSignal.timeout(patienceMs);
  const began = performance.now();
  const perSecond = (): number => (1000 * events) / (performance.now() - began);
  const [defined] = await Promise.all([
    Promise.all(Array.from({ length: definers }, redefine)).then(perSecond),
    ...readers.map((reader) => all(reader, events, lost)),
  ]);
  const told = perSecond();
  for (const reader of readers) reader[Symbol.dispose]();
  const unit = 'per second';
  await record([
    { row: eventRow(count), who: peer.name, value: told, unit },
    { row: eventRow(count), who: 'raw define', value: defined, unit },
  ]);
}

/** Resolves when the reader has so many events. @throws Error when they do not come */
async function all(reader: EventStream, events: number, lost: AbortSignal): Promise<void> {
  const gone = new Promise<never>((_, reject) => {
    lost.addEventListener('abort', () => {
      reject(new Error(`${reader.events.length} of ${events} events came`));
    });
  });
  await Promise.race([reader.more(events - 1), gone]);
}

/** How many events a second go through. */
export async function events(bench: Bench, stage: Stage): Promise<void> {
  for (const count of readerCounts) await atReaders(bench, stage, count);
}

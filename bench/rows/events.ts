import { EventStream } from '../../test/integration/event-stream.js';
import { sampleOfLines } from '../sample.js';
import type { Bench } from '../section.js';
import { firstVm, Stage } from '../stage.js';

const readerCounts = [1, 8];
export const eventRow = (readers: number): string =>
  `events that reach ${readers === 1 ? 'a reader' : `each of ${readers} readers`}`;

const patienceMs = 60_000;

/** libvirt tells of each definition: as fast as definitions come, with readers of the events. */
async function atReaders({ plan, record }: Bench, stage: Stage, count: number): Promise<void> {
  const peer = stage.peer('service');
  const open = (): Promise<EventStream> => EventStream.open(peer.socket, peer.headers);
  const readers = await Promise.all(Array.from({ length: count }, open));
  const began = performance.now();
  const lost = AbortSignal.timeout(patienceMs);
  const events = plan.events;
  const [said] = await Promise.all([
    stage.raw('raw-change', ['redefine', String(events), firstVm.name]),
    ...readers.map((reader) => all(reader, events, lost)),
  ]);
  const elapsed = performance.now() - began;
  for (const reader of readers) reader[Symbol.dispose]();
  const { times, elapsed: defining } = sampleOfLines(said);
  const unit = 'per second';
  record([
    { row: eventRow(count), who: peer.name, value: (1000 * events) / elapsed, unit },
    { row: eventRow(count), who: 'raw define', value: (1000 * times.length) / defining, unit },
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
export async function events(bench: Bench): Promise<void> {
  await using stage = await Stage.start(bench.plan.sizes.small, ['service']);
  for (const count of readerCounts) await atReaders(bench, stage, count);
}

import { type Bytes, hexOf, ipv4, ipv6, isFrame, udpDatagram } from '../hosts/index.js';
import { castOf } from './cast.js';
import { effectsOn } from './effects-on.js';
import type { Cast, Row } from './row.js';
import type { Lane, Stage } from './stage.js';

/** What became of a row. */
export interface Outcome {
  passes: boolean;
  /** Whether its effect was there; undefined where it has none to be looked for. */
  effect?: boolean;
}

export type Outcomes = ReadonlyMap<string, Outcome>;

/** A frame that the lane's filter and guard let pass, and that no row sends. */
function lastFrame({ filter, number }: Lane): Bytes {
  const { own } = castOf(number, 0);
  const packet = { protocol: 17, payload: udpDatagram(4000, 4000, Buffer.from('marker')) };
  return filter.carries[0] === 'ipv6'
    ? ipv6({ src: own.mac }, { src: own.linkLocal, dst: 'ff02::1', ...packet })
    : ipv4({ src: own.mac }, { src: own.ip, dst: '255.255.255.255', ...packet });
}

const framesOf = (row: Row, cast: Cast): Buffer[] => [row.frames(cast)].flat();

/** Sends all rows through a lane, and then a marker: what was not seen before it did not come through. */
export async function sendRows(stage: Stage, lane: Lane, rows: readonly Row[]): Promise<Outcomes> {
  const sent = rows.map((row, i) => {
    const cast = castOf(lane.number, i);
    return { row, frames: framesOf(row, cast), effect: row.effect?.(cast) };
  });
  demandDistinct(sent.flatMap(({ frames }) => frames));
  for (const { frames } of sent) for (const frame of frames) await stage.guest.send(lane.ifname, frame);
  const last = lastFrame(lane);
  const arrival = lane.observer.next(isFrame(last));
  await stage.guest.send(lane.ifname, last);
  await arrival;
  if (lane.observer.dropped > 0) throw new Error('the observer lost frames: nothing can be concluded');
  const happened = await effectsOn(stage.host, lane);
  return new Map(
    sent.map(({ row, frames, effect }) => {
      const achieved = effect && happened(effect);
      const arrived = row.unseen
        ? achieved === true
        : frames.every((frame) => lane.observer.count(isFrame(frame)) > 0);
      return [row.name, { passes: arrived, ...(achieved !== undefined && { effect: achieved }) }];
    }),
  );
}

/** Two rows with the same frame could not be told apart. */
function demandDistinct(frames: Buffer[]): void {
  const seen = new Set<string>();
  for (const frame of frames.map(hexOf)) {
    if (seen.has(frame)) throw new Error(`two rows send the frame ${frame}`);
    seen.add(frame);
  }
}

import { type Place, places } from '../cpus.js';
import { load } from '../load.js';
import { startBytes } from '../peers/bytes.js';
import { type Peer, request, stop } from '../peers/peer.js';
import { checkVms, type ListedVm } from '../peers/check.js';
import { serviceName } from '../peers/service.js';
import { peakMemory } from '../memory.js';
import { requestsIn } from '../plan.js';
import { compare, type Contestant } from '../rows.js';
import { sampleOfLines } from '../sample.js';
import type { Bench } from '../section.js';
import { listPath, type PeerName, Stage } from '../stage.js';

/** About how long one VM in a list takes each of them, ms; with many clients, the service answers many at once. */
const perVm: Partial<Record<string, number>> = {
  raw: 0.15,
  [serviceName]: 0.2,
  fastapi: 0.25,
  'libvirt-dbus': 0.75,
  virsh: 0.9,
};
const sharing = 10;

export const many = 32;

export interface ListRow {
  size: number;
  clients: number;
  place: Place;
  /** A VM changes every few ms. */
  live?: boolean;
}

/** The name of a row. */
export const listRow = ({ size, clients, place, live = false }: ListRow): string =>
  `list of ${size}, ${clients === 1 ? '1 client' : `${clients} clients`}, ${place}${live ? ', changing' : ''}`;

export const stateRow = (size: number): string => `short list of ${size}, 1 client, free`;
export const unchangedRow = (size: number): string => `list of ${size}, 304, ${many} clients, free`;
export const bytesRow = (size: number): string => `bytes of the list of ${size}, ${many} clients, free`;

function raw(stage: Stage, mode: string, place: Place, roundMs: number): Contestant {
  const requests = requestsIn(roundMs, (perVm.raw ?? 1) * stage.size, { least: 2, most: 400 });
  const measure = async (count: number) =>
    sampleOfLines(await stage.raw('raw', [mode, String(count)], { place }));
  return { who: `raw ${mode}`, requests, measure };
}

function lister(peer: Peer, { size, clients, place }: ListRow, roundMs: number): Contestant {
  const alone = (perVm[peer.name] ?? 1) * size;
  const each = clients > 1 && peer.name === serviceName ? alone / sharing : alone;
  const requests = requestsIn(roundMs, each, { least: clients * 2, most: 10_000 });
  return {
    who: peer.name,
    requests,
    measure: (count) => load(peer, { paths: [listPath], requests: Math.max(count, clients), clients, place }),
  };
}

/** One client: everybody; pinned, without those that take several times as long. */
async function alone({ plan, record }: Bench, stage: Stage, place: Place): Promise<void> {
  const row = { size: stage.size, clients: 1, place };
  const peers = place === 'free' ? stage.peers : [stage.peer('service'), stage.peer('fastapi')];
  await record(
    compare(listRow(row), plan.rounds, [
      ...['walk', 'full', 'full4'].map((mode) => raw(stage, mode, place, plan.roundMs)),
      ...peers.map((peer) => lister(peer, row, plan.roundMs)),
    ]),
  );
}

/** One client, while nothing can be answered from before. */
async function aloneLive({ plan, record }: Bench, stage: Stage, place: Place): Promise<void> {
  const row = { size: stage.size, clients: 1, place, live: true };
  const measured = (): ReturnType<typeof compare> =>
    compare(listRow(row), plan.rounds, [
      raw(stage, 'full', place, plan.roundMs),
      ...(['service', 'fastapi'] as const).map((name) => lister(stage.peer(name), row, plan.roundMs)),
    ]);
  await record(stage.whileChanging(measured));
}

/** Many clients: the service against FastAPI, and against the slow ones where that does not take all day. */
async function crowd({ plan, record }: Bench, stage: Stage, place: Place, live: boolean): Promise<void> {
  const row = { size: stage.size, clients: many, place, live };
  const peers: PeerName[] = ['service', 'fastapi'];
  if (stage.size <= plan.sizes.middle && !live) peers.push('dbus');
  const contestants = peers.map((name) => lister(stage.peer(name), row, plan.manyRoundMs));
  const measured = (): ReturnType<typeof compare> => compare(listRow(row), plan.manyRounds, contestants);
  await record(live ? stage.whileChanging(measured) : measured());
}

/** The bytes of the service's list, sent to many clients by who has nothing else to do: no list is sent faster by Node.js. */
async function bytesAlone({ plan, record }: Bench, stage: Stage): Promise<void> {
  const { body } = await request(stage.peer('service'), 'GET', listPath);
  const peer = await startBytes(stage.host);
  await request(peer, 'POST', '/', body);
  const { requests } = lister(
    stage.peer('service'),
    { size: stage.size, clients: many, place: 'free' },
    plan.manyRoundMs,
  );
  const measure = (count: number): ReturnType<typeof load> =>
    load(peer, { paths: ['/'], requests: Math.max(count, many), clients: many });
  await record(compare(bytesRow(stage.size), plan.manyRounds, [{ who: peer.name, requests, measure }]));
  await stop(peer);
}

/** Name, UUID and state alone. */
async function short({ plan, record }: Bench, stage: Stage): Promise<void> {
  const peer = stage.peer('service');
  const path = '/v1/vm-states?limit=1000';
  const { status } = await request(peer, 'GET', path);
  if (status === 404) return;
  const requests = requestsIn(plan.roundMs, 0.01 * stage.size, { least: 2, most: 400 });
  const measure = (count: number): ReturnType<typeof load> => load(peer, { paths: [path], requests: count });
  const contestants = [
    { ...raw(stage, 'state', 'free', plan.roundMs), requests },
    { who: peer.name, requests, measure },
  ];
  await record(compare(stateRow(stage.size), plan.rounds, contestants));
}

/** A client that has the list already. */
async function unchanged({ plan, record }: Bench, stage: Stage): Promise<void> {
  const peer = stage.peer('service');
  const { headers } = await request(peer, 'GET', listPath);
  const { etag } = headers;
  if (typeof etag !== 'string') return;
  const options = { paths: [listPath], clients: many, headers: { 'if-none-match': etag }, status: 304 };
  const requests = requestsIn(plan.manyRoundMs, 0.01 * stage.size, { least: many, most: 10_000 });
  const measure = (count: number): ReturnType<typeof load> =>
    load(peer, { ...options, requests: Math.max(count, many) });
  await record(compare(unchangedRow(stage.size), plan.manyRounds, [{ who: peer.name, requests, measure }]));
}

async function memories({ record }: Bench, stage: Stage): Promise<void> {
  const row = `peak memory, all lists of ${stage.size}`;
  for (const peer of stage.peers) {
    await record([{ row, who: peer.name, value: await peakMemory(peer), unit: 'MB' }]);
  }
}

async function atSize(bench: Bench, size: number): Promise<void> {
  await using stage = await Stage.start(size, ['service', 'fastapi', 'dbus', 'virsh']);
  checkVms('raw', JSON.parse(await stage.raw('raw', ['print', '1'])) as ListedVm[], size);
  for (const place of places) {
    await stage.put(place);
    await alone(bench, stage, place);
    await aloneLive(bench, stage, place);
    await crowd(bench, stage, place, false);
  }
  await stage.put('free');
  await crowd(bench, stage, 'free', true);
  await unchanged(bench, stage);
  await bytesAlone(bench, stage);
  if (size === bench.plan.sizes.large) await short(bench, stage);
  await memories(bench, stage);
}

/** All VMs with their NICs and filters, over hosts of several sizes. */
export async function lists(bench: Bench): Promise<void> {
  const { small, middle, large } = bench.plan.sizes;
  for (const size of new Set([small, middle, large])) await atSize(bench, size);
}

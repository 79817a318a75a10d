import { filterJson, filterXml } from '../filter.js';
import { load } from '../load.js';
import { type Peer, request } from '../peers/peer.js';
import { requestsIn } from '../plan.js';
import { compare, type Contestant } from '../rows.js';
import { sampleOf, sampleOfLines } from '../sample.js';
import type { Bench } from '../section.js';
import { send, type WireRequest } from '../send.js';
import { documents, firstVm, Stage } from '../stage.js';

export const vmRow = 'one VM';
export const knownVmRow = 'one VM, 304';
export const filterRow = 'change of a filter that nobody uses';

const path = `/v1/vms/${firstVm.uuid}`;
const most = 1000;

async function oneVm({ plan, record }: Bench, stage: Stage): Promise<void> {
  const requests = requestsIn(plan.roundMs, 1, { least: 2, most });
  const ofPeer = (peer: Peer): Contestant => ({
    who: peer.name,
    requests,
    measure: (count) => load(peer, { paths: [path], requests: count }),
  });
  const raw: Contestant = {
    who: 'raw',
    requests,
    measure: async (count) => sampleOfLines(await stage.raw('raw', ['vm', String(count), firstVm.uuid])),
  };
  await record(compare(vmRow, plan.rounds, [raw, ...stage.peers.map(ofPeer)]));
}

/** A client that has the VM already. */
async function knownVm({ plan, record }: Bench, stage: Stage): Promise<void> {
  const peer = stage.peer('service');
  const { etag } = (await request(peer, 'GET', path)).headers;
  const headers = { 'if-none-match': String(etag) };
  const requests = requestsIn(plan.roundMs, 1, { least: 2, most });
  const measure = (count: number): ReturnType<typeof load> =>
    load(peer, { paths: [path], requests: count, headers, status: 304 });
  await record(compare(knownVmRow, plan.rounds, [{ who: peer.name, requests, measure }]));
}

/** Changes the filter `name`, from one form into the other and back. */
export const filterChanges = (name: string): WireRequest[] =>
  filterJson(name).map((filter) => ({
    method: 'PUT',
    path: `/v1/nwfilters/${name}`,
    type: 'application/json',
    body: JSON.stringify(filter),
  }));

/** So many that the next round begins with a change, too. */
const even = (count: number): number => count + (count % 2);

async function filters({ plan, record }: Bench, stage: Stage): Promise<void> {
  const requests = requestsIn(plan.roundMs, 7.5, { least: 2, most });
  const service = stage.peer('service');
  const fastapi = stage.peer('fastapi');
  const name = (peer: Peer): string => `bench-${peer.name}`;
  const ofPeer = (peer: Peer, changes: WireRequest[]): Contestant => ({
    who: peer.name,
    requests,
    measure: async (count) => sampleOf(await send(peer, changes, even(count))),
  });
  const xmlChanges = filterXml(name(fastapi)).map((body) => ({
    method: 'PUT',
    path: `/v1/nwfilters/${name(fastapi)}`,
    type: 'application/xml',
    body,
  }));
  const input = documents(filterXml('bench-raw'));
  const raw = (who: string, mode: string): Contestant => ({
    who,
    requests,
    measure: async (count) =>
      sampleOfLines(await stage.raw('raw-change', [mode, String(even(count))], { input })),
  });
  const programs = [raw('raw', 'define-filter'), raw('raw check', 'check-filter')];
  await request(service, 'POST', '/v1/nwfilters', filterJson(name(service))[1]);
  const peers = [ofPeer(service, filterChanges(name(service))), ofPeer(fastapi, xmlChanges)];
  await record(compare(filterRow, plan.rounds, [...programs, ...peers]));
}

/** One VM and one filter, on a host of middle size. */
export async function single(bench: Bench): Promise<void> {
  await using stage = await Stage.start(bench.plan.sizes.middle, ['service', 'fastapi']);
  await oneVm(bench, stage);
  await knownVm(bench, stage);
  await filters(bench, stage);
}

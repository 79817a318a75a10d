import { load } from '../load.js';
import { memoryNow } from '../memory.js';
import { request } from '../peers/peer.js';
import type { Bench } from '../section.js';
import { send } from '../send.js';
import { filterJson } from '../filter.js';
import { firstVm, listPath, type Stage } from '../stage.js';
import { filterChanges } from './single.js';

export const growthRow = 'memory at the end of all mixed requests, against that after a fifth of them';
const memoryRow = 'memory after mixed requests';

const filter = 'bench-mixed';
const vm = `/v1/vms/${firstVm.uuid}`;
const fifths = 5;

/** What is read, and by how many clients; what runs the kernel's tools, less often than the rest. */
const light = [listPath, vm, `${vm}/nics`, `/v1/nwfilters/${filter}`, '/v1/config', '/readyz'];
const heavy = ['/v1/nwfilters', '/v1/host', '/v1/enforcement', '/metrics'];
const paths = [...light, ...light, ...light, ...light, ...heavy];
const clients = 4;

/** What is changed: one request in fifty, for each is written to disk several times. */
const changes = [
  ...filterChanges(filter),
  ...['one', 'another'].map((description) => ({
    method: 'PATCH',
    path: vm,
    type: 'application/json',
    body: JSON.stringify({ description }),
  })),
];

/** Very many requests of all kinds, and what memory the service has on the way. */
export async function mixed({ plan, record }: Bench, stage: Stage): Promise<void> {
  const peer = stage.peer('service');
  await request(peer, 'POST', '/v1/nwfilters', filterJson(filter)[1]);
  const inFifth = plan.mixed / fifths;
  // all of them the same number of times: then each changes something
  const changing = Math.ceil(inFifth / 50 / changes.length) * changes.length;
  const memories: number[] = [];
  for (let fifth = 1; fifth <= fifths; fifth++) {
    await load(peer, { paths, requests: inFifth - changing, clients });
    await send(peer, changes, changing);
    const value = await memoryNow(peer);
    memories.push(value);
    await record([{ row: `${memoryRow}, ${fifth * inFifth} so far`, who: peer.name, value, unit: 'MB' }]);
  }
  const [first = NaN] = memories;
  await record([{ row: growthRow, who: peer.name, value: (memories.at(-1) ?? NaN) / first, unit: '×' }]);
}

import { setTimeout } from 'node:timers/promises';
import type { HostEnforcement } from '../../src/schemas/enforcement.js';
import type { Operation } from '../../src/schemas/operation.js';
import type { Vm } from '../../src/schemas/vm.js';
import { guestImage } from '../../test/hosts/index.js';
import { onBridge } from '../../test/integration/service.js';
import { filterJson } from '../filter.js';
import { load } from '../load.js';
import { type Peer, request } from '../peers/peer.js';
import { latency } from '../rows.js';
import type { Sample } from '../sample.js';
import type { Bench } from '../section.js';
import { listPath, Stage } from '../stage.js';

export const verdictRow = (nics: number): string => `verdicts of ${nics} running NICs`;

const vmName = (index: number): string => `guest-${index}`;

/** What is read while a filter is redefined. */
export const reads = {
  'list of VMs': listPath,
  'one VM': `/v1/vms/${vmName(1)}`,
  'list of filters': '/v1/nwfilters',
};
export const restRow = (read: string): string => `${read}, at rest`;
export const redefineRow = (read: string): string => `${read}, while a filter in use is redefined`;

const filter = 'bench-in-use';
const nicsPerVm = 10;

/** Starts a VM. What guests do is not to be measured, so it is paused. */
async function startVm(peer: Peer, index: number, nics: number): Promise<void> {
  const name = vmName(index);
  // of one VM only: libvirt needs about a second for each NIC that has the filter
  const nic = { ...onBridge(), ...(index === 1 && { filters: [filter] }) };
  const { kernel, initrd, cmdline } = await guestImage();
  const vm = {
    name,
    memoryMiB: 96,
    boot: { kernel, initrd, cmdline },
    nics: Array.from({ length: nics }, () => nic),
  };
  const made = await request<Vm>(peer, 'POST', '/v1/vms', vm);
  const started = await request<Vm>(peer, 'POST', `/v1/vms/${name}/start?paused=true`);
  if (made.status !== 201 || started.status !== 200) {
    throw new Error(`a VM did not start: ${JSON.stringify([made.body, started.body])}`);
  }
}

async function checkEnforced(peer: Peer, nics: number): Promise<void> {
  const { body } = await request<HostEnforcement>(peer, 'GET', '/v1/enforcement');
  if (body.counts.enforced !== nics) throw new Error(`not all is enforced: ${JSON.stringify(body.counts)}`);
}

/** What runs, ever more of it. */
interface Running {
  vms: number;
  nics: number;
}

/** Starts VMs until so many NICs run, and has their verdicts: all of it is read anew for each, libvirt, and the kernel. */
async function verdicts({ plan, record }: Bench, peer: Peer, now: Running, wanted: number): Promise<void> {
  while (now.nics < wanted) {
    const more = Math.min(nicsPerVm, wanted - now.nics);
    await startVm(peer, now.vms++, more);
    now.nics += more;
  }
  await checkEnforced(peer, wanted);
  const sample = await load(peer, { paths: ['/v1/enforcement'], requests: plan.verdicts });
  await record([latency(verdictRow(wanted), peer.name, [sample])]);
}

/** One form after the other: each is a change. */
function* forms(): Generator<object, never> {
  for (;;) yield* filterJson(filter);
}

/** Redefines the filter again and again while something is done. */
async function whileRedefining<T>(
  peer: Peer,
  changes: Generator<object, never>,
  work: () => Promise<T>,
): Promise<T> {
  const done = new AbortController();
  const redefine = async (): Promise<void> => {
    while (!done.signal.aborted) {
      const path = `/v1/nwfilters/${filter}?wait=60`;
      const { body } = await request<Operation>(peer, 'PUT', path, changes.next().value);
      if (body.status !== 'succeeded') throw new Error(`it was not redefined: ${JSON.stringify(body)}`);
    }
  };
  const redefining = redefine();
  redefining.catch(() => undefined); // told below
  await setTimeout(200); // it is under way
  const result = await work().finally(() => done.abort());
  await redefining;
  return result;
}

async function duringRedefine({ plan, record }: Bench, peer: Peer): Promise<void> {
  const changes = forms();
  const requests = Math.ceil(plan.reads / plan.manyRounds);
  for (const [read, path] of Object.entries(reads)) {
    const measure = (): Promise<Sample> => load(peer, { paths: [path], requests });
    const atRest: Sample[] = [];
    const during: Sample[] = [];
    for (let round = 0; round < plan.manyRounds; round++) {
      atRest.push(await measure());
      during.push(await whileRedefining(peer, changes, measure));
    }
    await record([latency(restRow(read), peer.name, atRest), latency(redefineRow(read), peer.name, during)]);
  }
}

/** VMs that run: the verdicts on their NICs, and reads while libvirt makes their rules anew. */
export async function running(bench: Bench): Promise<void> {
  await using stage = await Stage.start(0, ['service']);
  const peer = stage.peer('service');
  await request(peer, 'POST', '/v1/nwfilters', filterJson(filter)[1]);
  const { nics, goalNics } = bench.plan;
  const now = { vms: 0, nics: 0 };
  for (const count of nics.filter((count) => count <= goalNics)) await verdicts(bench, peer, now, count);
  await duringRedefine(bench, peer);
  for (const count of nics.filter((count) => count > goalNics)) await verdicts(bench, peer, now, count);
}

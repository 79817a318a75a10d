import type { Vm } from '../../src/schemas/vm.js';
import { guestImage, type TestHost } from '../../test/hosts/index.js';
import { onBridge } from '../../test/integration/service.js';
import { type Peer, request } from '../peers/peer.js';
import { latency } from '../rows.js';
import { type Sample, sampleOf, sampleOfLines } from '../sample.js';
import type { Bench } from '../section.js';
import { send } from '../send.js';
import { Stage } from '../stage.js';

export const startRow = 'start of a VM with one filtered NIC';
export const stopRow = 'stop of it';

const name = 'guest';

/** The VM, not running, as the service makes it. */
async function create(peer: Peer): Promise<void> {
  const { kernel, initrd, cmdline } = await guestImage();
  const vm = { name, memoryMiB: 96, boot: { kernel, initrd, cmdline }, nics: [onBridge()] };
  const { status, body } = await request<Vm>(peer, 'POST', '/v1/vms', vm);
  if (status !== 201) throw new Error(`no VM was made: ${JSON.stringify(body)}`);
}

const filterNames = async (host: TestHost): Promise<string[]> =>
  (await host.virsh('nwfilter-list')).split('\n').flatMap((line) => line.trim().split(/\s+/)[1] ?? []);

/** Makes the same VM, with its filters, on a host without the service. */
async function copy(from: TestHost, to: TestHost): Promise<void> {
  const there = await filterNames(to);
  for (const filter of await filterNames(from)) {
    if (there.includes(filter)) continue;
    const xml = await from.virsh('nwfilter-dumpxml', filter);
    // those that it refers to have other UUIDs there, too
    await to.virshXml(xml.replace(/<uuid>.*<\/uuid>/, ''), 'nwfilter-define', '@');
  }
  await to.virshXml(await from.virsh('dumpxml', '--inactive', name), 'define', '@');
}

/** Takes starts and stops, which follow one another, apart. */
function apart(times: readonly number[]): { starts: Sample; stops: Sample } {
  return {
    starts: sampleOf(times.filter((_, i) => i % 2 === 0)),
    stops: sampleOf(times.filter((_, i) => i % 2 === 1)),
  };
}

/**
 * Starts and stops through the service, its look at the rules included, against libvirt's own. They are on two hosts: what
 * the service does when it hears of a start that it has not made is nobody's cost.
 */
export async function starts({ plan, record }: Bench): Promise<void> {
  await using withService = await Stage.start(0, ['service']);
  await using without = await Stage.start(0, []);
  const peer = withService.peer('service');
  await create(peer);
  await copy(withService.host, without.host);
  const actions = ['start', 'stop'].map((action) => ({ method: 'POST', path: `/v1/vms/${name}/${action}` }));
  const measure = {
    raw: async () =>
      sampleOfLines(await without.raw('raw-change', ['start', String(plan.starts), name])).times,
    [peer.name]: () => send(peer, actions, 2 * plan.starts),
  };
  const all = Object.entries(measure).map(([who, times]) => ({
    who,
    times,
    samples: [] as ReturnType<typeof apart>[],
  }));
  for (const { times } of all) await times();
  for (let round = 0; round < plan.rounds; round++) {
    for (const { times, samples } of all) samples.push(apart(await times()));
  }
  await record(
    all.map(({ who, samples }) =>
      latency(
        startRow,
        who,
        samples.map((sample) => sample.starts),
      ),
    ),
  );
  await record(
    all.map(({ who, samples }) =>
      latency(
        stopRow,
        who,
        samples.map((sample) => sample.stops),
      ),
    ),
  );
}

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import t, { type Test } from 'tap';
import type { Vm, VmInput } from '../../src/schemas/vm.js';
import { attempt, ethernet, Guest, sourceMac, startHost } from '../hosts/index.js';
import { onBridge, Service } from '../integration/service.js';
import { unusedLists } from '../integration/whole.js';

// The service is killed at moments spread over each change, and started again: what it finds it puts right.

const mac = '52:54:00:00:00:01';
const plugged = '52:54:00:00:00:02';
const victim = '52:54:00:00:00:99';
const list = ['no-mac-spoofing', 'no-arp-mac-spoofing'];
const kills = 4;

const host = await startHost();
t.teardown(() => host.stop());
const pool = join(host.dir, 'pool');
await host.run('mkdir', [pool]);
await host.virsh('pool-define-as', 'disks', 'dir', '--target', pool);
await host.virsh('pool-start', 'disks');
const observer = await host.observer('br0');
let service = await Service.start(host);
await service.create('vm', [onBridge(mac)]);
const guest = await (await Guest.attach(host, 'vm')).ready();
const flood = await guest.flood('eth0', [ethernet({ src: victim, type: 0x88b5 })]);

const get = async (path: string): Promise<Vm> => (await service.request<Vm>('GET', `/v1/vms/${path}`)).body;
const domains = async (...which: string[]): Promise<string[]> =>
  (await host.virsh('list', '--name', ...which)).split('\n').filter((name) => name !== '');

const journal = (): Promise<string[]> => readdir(join(host.dir, 'state', 'journal'));

/** Everything that a change may leave behind when it is cut off. */
async function demandWhole(t: Test): Promise<void> {
  t.equal((await service.request('GET', '/readyz')).status, 200);
  t.strictSame(await journal(), [], 'nothing is left to be undone');
  t.notMatch(await host.run('nft', ['list', 'tables']), /virtwarden_closed_/, 'no NIC is left closed');
  t.strictSame(await domains('--state-paused'), [], 'no VM is left paused');
  const names = await domains('--all');
  const xmls = await Promise.all(
    names.flatMap((name) => [host.virsh('dumpxml', name), host.virsh('dumpxml', '--inactive', name)]),
  );
  t.strictSame(await unusedLists(host), [], 'no filter of a list without a user');
  const volumes = await readdir(pool);
  t.strictSame(
    volumes.filter((volume) => !xmls.some((xml) => xml.includes(volume))),
    [],
    'no volume without a VM',
  );
  t.equal((await host.bindings()).length, (await host.taps()).length, 'each NIC that runs has its rules');
  for (const name of names) {
    for (const { mac, synced, filters, linkState } of (await get(name)).nics) {
      t.ok(synced, `${name} ${mac} runs as it is defined`);
      t.equal(linkState, 'up');
      // the service compares the kernel with it
      const same = await service.request('PATCH', `/v1/vms/${name}/nics/${mac}`, { filters });
      t.equal(same.status, 200, `${name} ${mac} has its filter in the kernel`);
      t.equal(same.body.detail, undefined, 'a refusal says why');
    }
  }
}

/** A change of the host, and how to get back to where it began. Each has to answer `status` when nobody disturbs it. */
interface Change {
  what: string;
  status: number;
  begin?: () => Promise<unknown>;
  act: () => Promise<{ status: number }>;
  end: () => Promise<unknown>;
}

const disks: VmInput['disks'] = [{ pool: 'disks', sizeGiB: 1 }];
const nic = `/v1/vms/vm/nics/${mac}`;
const other = `/v1/vms/vm/nics/${plugged}`;
const plug = () => service.request('POST', '/v1/vms/vm/nics', { ...onBridge(plugged), filters: list });
const unplug = () => service.request('DELETE', `${other}?wait=60`);
const changes: Change[] = [
  {
    what: 'the creation of a VM that runs',
    status: 201,
    act: () => service.create('new', [{ ...onBridge(), filters: list }], { disks }),
    end: () => service.request('DELETE', '/v1/vms/new?force=true&volumes=true'),
  },
  { what: 'a plug', status: 201, act: plug, end: unplug },
  { what: 'an unplug', status: 200, begin: plug, act: unplug, end: unplug },
  {
    what: 'a change of filters',
    status: 200,
    act: () => service.request('PATCH', nic, { filters: list }),
    end: () => service.request('PATCH', nic, { filters: ['vdsm-no-mac-spoofing'] }),
  },
  {
    what: 'a start',
    status: 200,
    begin: () => service.create('off', [onBridge()], { start: false }),
    act: () => service.request('POST', '/v1/vms/off/start'),
    end: () => service.request('DELETE', '/v1/vms/off?force=true'),
  },
];

for (const { what, status, begin, act, end } of changes) {
  await t.test(`killed during ${what}`, async (t) => {
    await begin?.();
    const started = performance.now();
    t.match(await act(), { status }, 'undisturbed');
    const took = performance.now() - started;
    await end();
    await demandWhole(t);
    for (let i = 0; i < kills; i++) {
      await begin?.();
      const cut = act().then(
        (answer) => answer.status,
        () => 'cut off',
      );
      await setTimeout((took * (i + 0.5)) / kills);
      await service.stop('SIGKILL');
      t.comment(`kill ${i + 1} of ${kills}: ${await cut}`);
      service = await Service.start(host);
      await demandWhole(t);
      await end();
      t.strictSame(
        (await get('vm')).nics.map((one) => one.mac),
        [mac],
      );
    }
  });
}

await t.test('the guest forged frames all the while, and none came through', async (t) => {
  const { sent } = await flood.stop();
  t.ok(sent > 0, `${sent} frames were sent`);
  t.equal(await attempt(guest, mac, observer, ethernet({ src: victim, type: 0x88b5 })), 0);
  t.equal(
    observer.count((frame) => sourceMac(frame) === victim),
    0,
  );
});

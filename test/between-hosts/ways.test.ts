import { createInterface } from 'node:readline';
import t from 'tap';
import type { MigrateInput } from '../../src/schemas/migration.js';
import type { Vm } from '../../src/schemas/vm.js';
import { Guest } from '../hosts/index.js';
import { onBridge } from '../integration/service.js';
import { begin, follow, move, nothingLeft, Pair, type Side, stateOf, verdict } from './pair.js';

const mac = '52:54:00:00:00:01';
const pair = await Pair.start();
t.teardown(() => pair[Symbol.asyncDispose]());
const { a, b } = pair;
await a.service.create('vm', [onBridge(mac)], { autostart: true });
await (await (await Guest.attach(a.host, 'vm')).ready()).detach();
const alone = ({ destination: { destinationUri } }: Side) => ({ destinationUri });

/** Moves the VM there and back, and gives what was said at the first end. */
async function thereAndBack(more: Partial<MigrateInput>, to = b.destination, from = a.destination) {
  const there = await move(a, 'vm', to, more);
  t.match(there, { status: 'succeeded', progress: { percent: 100 } }, JSON.stringify(there.problem));
  t.equal(await verdict(b, 'vm', mac), 'enforced');
  t.equal(await stateOf(a, 'vm'), '404');
  t.strictSame(await a.host.leftovers(), nothingLeft);
  t.match(await move(b, 'vm', from, more), { status: 'succeeded' });
  await using guest = await (await Guest.attach(a.host, 'vm')).ready();
  t.match(await guest.sh('uname -s'), 'Linux');
  return there;
}

await t.test('its progress rises, and ends at 100; what it is comes along', async (t) => {
  const before = (await a.service.request<Vm>('GET', '/v1/vms/vm')).body;
  const { body } = await begin(a, 'vm', b.destination, { bandwidthMiBps: 16, maxDowntimeMs: 100 });
  const seen: number[] = [];
  const ended = await follow(a, body.id, ({ progress }) => seen.push(progress.percent));
  t.strictSame(
    seen,
    seen.toSorted((x, y) => x - y),
  );
  t.ok(new Set(seen).size > 5 && seen.at(-1) === 100, seen.join(' '));
  t.match(ended.migration, { memoryTotalBytes: Number, bytesPerSecond: Number, downtimeMs: Number });
  const after = (await b.service.request<Vm>('GET', '/v1/vms/vm')).body;
  t.strictSame({ ...after, nics: [] }, { ...before, nics: [] });
  t.equal(after.autostart, true);
  t.match(await move(b, 'vm', a.destination), { status: 'succeeded' });
});

await t.test('peer to peer', () => thereAndBack({ peerToPeer: true }));
await t.test('not live', () => thereAndBack({ live: false }));

await t.test('by post-copy, which ends although the guest changes its memory all the time', async (t) => {
  const busy = await (await Guest.attach(a.host, 'vm')).ready();
  // pages of zeros would be sent in no time
  await busy.sh('for i in 1 2 3 4 5 6 7 8; do cat /proc/self/exe; done >/y');
  await busy.sh('(until [ -e /stop ]; do dd if=/y of=/x bs=1M conv=notrunc; done) >/dev/null 2>&1 &');
  await busy.detach();
  const events = await b.host.spawn('virsh', ['event', '--event', 'lifecycle', '--loop']);
  const lines: string[] = [];
  createInterface(events.stdout).on('line', (line) => lines.push(line));
  const how = { postCopy: true, bandwidthMiBps: 32, maxDowntimeMs: 1 };
  t.match(await move(a, 'vm', b.destination, how), {
    status: 'succeeded',
    migration: { where: 'destination' },
  });
  events.kill('SIGINT');
  await events.ended;
  t.match(lines.join('\n'), 'Resumed Post-copy');
  t.equal(await verdict(b, 'vm', mac), 'enforced');
  await using there = await (await Guest.attach(b.host, 'vm')).ready();
  await there.sh('touch /stop');
  t.match(await move(b, 'vm', a.destination), { status: 'succeeded' });
});

await t.test('with a libvirt alone, which knows nothing of the kernel', async (t) => {
  const { migration } = await thereAndBack({}, alone(b), alone(a));
  t.match(migration, { nics: [{ mac, status: 'unknown' }] });
});

await t.test('one that is paused stays so', async (t) => {
  await a.service.request('POST', '/v1/vms/vm/suspend');
  t.match(await move(a, 'vm', b.destination), { status: 'succeeded' });
  t.equal(await stateOf(b, 'vm'), 'paused');
  t.match(await move(b, 'vm', a.destination), { status: 'succeeded' });
  t.match(await a.service.request('POST', '/v1/vms/vm/resume'), { status: 200 });
});

await t.test('one that is off', async (t) => {
  await a.service.create('off', [onBridge()], { start: false });
  t.match(await begin(a, 'off', b.destination, { postCopy: true }), { status: 409 });
  t.match(await move(a, 'off', b.destination), { status: 'succeeded', progress: { percent: 100 } });
  t.strictSame([await stateOf(a, 'off'), await stateOf(b, 'off')], ['404', 'shutoff']);
  t.match(await b.service.request('POST', '/v1/vms/off/start'), { status: 200 });
  await b.service.request('DELETE', '/v1/vms/off?force=true');
});

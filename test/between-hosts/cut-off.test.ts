import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import t, { type Test } from 'tap';
import type { Operation } from '../../src/schemas/operation.js';
import { Guest } from '../hosts/index.js';
import { onBridge, Service } from '../integration/service.js';
import { begin, follow, nothingLeft, Pair, type Side, stateOf, verdict } from './pair.js';

const mac = '52:54:00:00:00:01';
/** So slow that there is time to do something about it. */
const slowly = { bandwidthMiBps: 8 };

const pair = await Pair.start();
t.teardown(() => pair[Symbol.asyncDispose]());
const { a, b } = pair;
await a.service.create('vm', [onBridge(mac)]);
await (await (await Guest.attach(a.host, 'vm')).ready()).detach();

/** Moves the VM, and does something about it once, when it has come so far. */
async function cutOff(percent: number, act: (id: string) => Promise<unknown>): Promise<Operation> {
  const { body } = await begin(a, 'vm', b.destination, slowly);
  let acted = false;
  return follow(a, body.id, async ({ progress }) => {
    if (acted || progress.percent < percent) return;
    acted = true;
    await act(body.id);
  });
}

/** The VM is here, runs, and is filtered; nothing of it is there. */
async function staysHere(t: Test, side: Side = a): Promise<void> {
  t.equal(await stateOf(side, 'vm'), 'running');
  t.equal(await verdict(side, 'vm', mac), 'enforced');
  t.match((await side.service.request('POST', '/v1/vms/vm/suspend')).status, 200, 'and may be changed');
  t.match((await side.service.request('POST', '/v1/vms/vm/resume')).status, 200);
}

async function nothingThere(t: Test): Promise<void> {
  t.notMatch(await b.host.virsh('list', '--all'), 'vm');
  t.strictSame(await b.host.leftovers(), nothingLeft);
}

for (const percent of [10, 50, 90]) {
  await t.test(`cancelled at ${percent} %`, async (t) => {
    const ended = await cutOff(percent, (id) => a.service.request('DELETE', `/v1/operations/${id}`));
    t.match(ended, {
      status: 'cancelled',
      progress: { text: /The VM vm is on this host and runs, as before/ },
      migration: { where: 'source' },
    });
    t.ok(ended.progress.percent >= percent && ended.progress.percent < 100, `${ended.progress.percent} %`);
    await staysHere(t);
    await nothingThere(t);
  });
}

await t.test('meanwhile the VM takes no other change', async (t) => {
  const ended = await cutOff(10, async (id) => {
    for (const action of ['suspend', 'stop', 'migrate']) {
      const body = action === 'migrate' ? b.destination : undefined;
      const refused = await a.service.request('POST', `/v1/vms/vm/${action}`, body);
      t.match(refused, { status: 409, body: { type: '/problems/vm-migrating' } }, action);
    }
    await a.service.request('DELETE', `/v1/operations/${id}`);
  });
  t.equal(ended.status, 'cancelled');
  await staysHere(t);
});

await t.test('the libvirtd of the destination is killed', async (t) => {
  const since = b.service.logLength;
  const ended = await cutOff(30, () => b.host.libvirtd.kill('SIGKILL'));
  t.match(ended, {
    status: 'failed',
    problem: {
      type: /migration-failed|destination-unreachable/,
      detail: /The VM vm is on this host and runs, as before/,
    },
    migration: { where: 'source' },
  });
  await staysHere(t);
  await b.host.libvirtd.start();
  await b.service.logged('connected to libvirt', since);
  await nothingThere(t);
});

await t.test('the libvirtd of this host is killed', async (t) => {
  const ended = await cutOff(30, async () => {
    await a.host.libvirtd.kill('SIGKILL');
    await a.host.libvirtd.start();
  });
  t.match(ended, {
    status: 'failed',
    problem: { detail: /The VM vm is on this host and runs, as before/ },
    migration: { where: 'source' },
  });
  await staysHere(t);
  await nothingThere(t);
});

/** Waits until nothing of the VM is there, as after a while. */
async function nothingThereSoon(t: Test): Promise<void> {
  const until = performance.now() + 30_000;
  while (performance.now() < until && (await b.host.virsh('list', '--all')).includes(' vm '))
    await delay(200);
  await nothingThere(t);
}

await t.test('the libvirtd of the destination does not answer at the end, and then does', async (t) => {
  let stopped = false;
  const { body } = await begin(a, 'vm', b.destination, { bandwidthMiBps: 16, peerToPeer: true });
  const ended = await follow(a, body.id, async ({ progress }) => {
    if (progress.percent < 50 || stopped) return;
    stopped = true;
    await b.host.libvirtd.kill('SIGSTOP');
  });
  t.match(ended, { status: 'failed', migration: { where: 'source' } });
  await staysHere(t);
  await b.host.libvirtd.kill('SIGCONT');
  await nothingThereSoon(t);
  await staysHere(t);
});

await t.test('the service was killed when a paused VM was on both hosts', async (t) => {
  await a.service.request('POST', '/v1/vms/vm/suspend');
  const uuid = (await a.host.virsh('domuuid', 'vm')).trim();
  await a.service.stop('SIGKILL');
  const xml = await a.host.virsh('dumpxml', 'vm');
  await b.host.virshXml(xml, 'create', '@', '--paused');
  const { destinationUri } = b.destination;
  const entry = { kind: 'migration', vm: uuid, runs: false, destinationUri };
  const file = join(a.host.dir, 'state', 'journal', `${randomUUID()}.json`);
  await a.host.run('sh', ['-c', 'echo "$1" >"$2"', 'sh', JSON.stringify(entry), file]);
  a.service = await Service.start(a.host);
  await nothingThereSoon(t);
  t.equal(await stateOf(a, 'vm'), 'paused');
  t.match((await a.service.request('POST', '/v1/vms/vm/resume')).status, 200);
  await staysHere(t);
});

for (const percent of [0, 5]) {
  await t.test(
    `the virtwarden of the destination stands still at ${percent} %, and it is cancelled`,
    async (t) => {
      const stop = (): boolean => process.kill(b.service.pid, 'SIGSTOP');
      if (percent === 0) stop();
      const { body } = await begin(a, 'vm', b.destination, slowly);
      let cancelledAt: number | undefined;
      const ended = await follow(a, body.id, async ({ progress }) => {
        if (cancelledAt !== undefined || progress.percent < percent) return;
        if (percent > 0) stop();
        await delay(500);
        cancelledAt = performance.now();
        await a.service.request('DELETE', `/v1/operations/${body.id}`);
      });
      t.match(ended, { status: 'cancelled', migration: { where: 'source' } });
      t.ok(performance.now() - (cancelledAt ?? 0) < 30_000, 'nobody waits for it');
      process.kill(b.service.pid, 'SIGCONT');
      await staysHere(t);
      await nothingThere(t);
    },
  );
}

for (const peerToPeer of [false, true]) {
  await t.test(`the service is killed${peerToPeer ? ', and libvirtd goes on by itself' : ''}`, async (t) => {
    const { body } = await begin(a, 'vm', b.destination, { bandwidthMiBps: 2, peerToPeer });
    await follow(a, body.id, async ({ progress, status }) => {
      if (status === 'running' && progress.percent < 30) return;
      await a.service.stop('SIGKILL');
      throw new Error('killed');
    }).catch((error: unknown) => t.match(error, { message: 'killed' }));
    const service = await Service.start(a.host);
    const side = { ...a, service };
    await staysHere(t, side);
    await nothingThere(t);
    a.service = service;
  });
}

import { once } from 'node:events';
import t, { type Test } from 'tap';
import { Problem } from '../../src/errors.js';
import type { ServiceEvent } from '../../src/schemas/event.js';
import { connectedApp } from '../helpers/app.js';
import { eventsIn } from '../helpers/events.js';

const vm = '6695eb01-f6a4-8304-79aa-97f2502e193f';

/** An application, and all that it has told so far. */
async function watched(t: Test) {
  const app = await connectedApp(t);
  const told = (): ServiceEvent[] => {
    const { first, next } = app.events.range;
    return Array.from({ length: next - first }, (_, i) => app.events.at(first + i)).flatMap((kept) =>
      eventsIn(kept?.message.toString() ?? ''),
    );
  };
  const until = async (type: string): Promise<ServiceEvent> => {
    for (;;) {
      const found = told().find((event) => event.type === type);
      if (found) return found;
      await new Promise<void>((resolve) => {
        const unlisten = app.events.listen(() => {
          unlisten();
          resolve();
        });
      });
    }
  };
  return { app, told, until };
}

await t.test('libvirt comes, and what becomes of its VMs', async (t) => {
  const { app, until } = await watched(t);
  t.match(await until('libvirt.connected'), { data: { again: false } });
  await using domain = await app.libvirt.connection.lookupDomainByName('test');
  await domain.suspend();
  const data = { vm: domain.uuid, name: 'test', reason: 'paused' };
  t.match(await until('vm.paused'), { data });
  await domain.resume();
  t.match(await until('vm.resumed'), { data: { ...data, reason: 'unpaused' } });
  await domain.destroy();
  t.match(await until('vm.stopped'), { data: { ...data, reason: 'destroyed' } });
  await domain.undefine();
  t.match(await until('vm.undefined'), { data: { ...data, reason: 'removed' } });
});

await t.test('the policy, when a value is another', async (t) => {
  const { app, told } = await watched(t);
  await app.policy.change({ ClusterCompatibilityVersion: '4.8' });
  await app.policy.change({ ClusterCompatibilityVersion: '4.7', EnableMACAntiSpoofingFilterRules: true });
  t.match(
    told().filter(({ type }) => type === 'config.changed'),
    [{ data: { changed: ['ClusterCompatibilityVersion'], config: { ClusterCompatibilityVersion: '4.7' } } }],
  );
});

await t.test('operations, and how they ended', async (t) => {
  const { app, told } = await watched(t);
  const works = [
    () => Promise.resolve(),
    () => Promise.reject(new Problem('guest-unresponsive', 'It sleeps.')),
    ({ signal }: { signal: AbortSignal }) => once(signal, 'abort').then(() => signal.throwIfAborted()),
  ];
  for (const work of works) {
    const { id, kind } = app.operations.run('vm.shutdown', vm, work, { cancellable: true });
    t.match(told().at(-1), { type: 'operation.started', data: { operation: id, kind, vm } });
    if (work === works[2]) app.operations.cancel(id);
    await app.operations.ended(id);
  }
  const ended = told().filter(({ type }) => /^operation\.[^s]|succeeded/.test(type));
  t.match(ended, [
    { type: 'operation.succeeded', data: { kind: 'vm.shutdown', vm } },
    { type: 'operation.failed', data: { problem: '/problems/guest-unresponsive', detail: 'It sleeps.' } },
    { type: 'operation.cancelled' },
  ]);
});

await t.test('the connection is lost, and opened again', async (t) => {
  const { app, told } = await watched(t);
  app.libvirt.emit('disconnected');
  app.libvirt.emit('connected');
  t.match(told().slice(-2), [
    { type: 'libvirt.disconnected' },
    { type: 'libvirt.connected', data: { again: true } },
  ]);
});

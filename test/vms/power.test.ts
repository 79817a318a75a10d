import { Connection, type Domain } from 'node-libvirt';
import t from 'tap';
import { askForShutdown, demandPaused, rebootVm, resetVm, suspendVm } from '../../src/vms/power.js';

const connection = await Connection.open('test:///default');
t.teardown(() => connection.close());
const domain = await connection.lookupDomainByName('test');
const never = new AbortController().signal;

/** The test driver's guest shuts down as soon as it is asked to: this one takes no notice. */
const deaf = new Proxy(domain, {
  get: (target, name) => {
    if (name === 'shutdown') return () => Promise.resolve();
    const value: unknown = Reflect.get(target, name, target);
    return typeof value === 'function' ? (value.bind(target) as unknown) : value;
  },
});

async function running(): Promise<Domain> {
  if (!(await domain.isActive())) await domain.create();
  return domain;
}

await t.test('a guest that shuts down', async (t) => {
  const off = await askForShutdown(connection, await running(), 10_000);
  await off(never);
  t.equal(await domain.isActive(), false);
});

await t.test('one that does not, in time', async (t) => {
  await running();
  const off = await askForShutdown(connection, deaf, 50);
  await t.rejects(off(never), {
    type: 'guest-unresponsive',
    status: 504,
    message: 'The guest of test was asked to shut down and has not within 0.05 s: the VM still runs.',
  });
});

await t.test('it is also off when somebody else stops it', async () => {
  await running();
  const off = await askForShutdown(connection, deaf, 10_000);
  const waiting = off(never);
  await domain.destroy();
  await waiting;
});

await t.test('nobody waits any longer', async (t) => {
  await running();
  const off = await askForShutdown(connection, deaf, 10_000);
  const controller = new AbortController();
  const waiting = off(controller.signal);
  controller.abort();
  await t.rejects(waiting, { name: 'AbortError' });
});

await t.test('the connection is lost meanwhile', async (t) => {
  await running();
  let lose: (reason: number) => void = () => undefined;
  const lossy = new Proxy(connection, {
    get: (target, name) => {
      if (name === 'onClose') {
        return (listener: (reason: number) => void) => {
          lose = listener;
          return () => true;
        };
      }
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
  const off = await askForShutdown(lossy, deaf, 10_000);
  const waiting = off(never);
  lose(0);
  await t.rejects(waiting, { type: 'libvirt-unavailable', message: /was lost/ });
});

await t.test('what is not to be done in a state', async (t) => {
  const conflict = (message: RegExp) => ({ type: 'vm-state-conflict', status: 409, message });
  await running();
  await t.rejects(demandPaused(domain), conflict(/is running: only one that is paused/));
  await suspendVm(domain);
  await demandPaused(domain);
  await t.rejects(suspendVm(domain), conflict(/is paused: only one that runs/));
  await t.rejects(rebootVm(domain), conflict(/is paused/));
  await t.rejects(askForShutdown(connection, domain, 1), conflict(/is paused/));
  await domain.destroy();
  await t.rejects(resetVm(domain), conflict(/is shutoff: only one that is active/));
  await t.rejects(askForShutdown(connection, domain, 1), conflict(/is shutoff/));
});

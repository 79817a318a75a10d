import { setTimeout as delay } from 'node:timers/promises';
import t from 'tap';
import { Problem } from '../../src/errors.js';
import { Operations } from '../../src/operations/registry.js';
import type { OperationTools } from '../../src/operations/work.js';

const logged: object[] = [];
const log = { info: () => undefined, error: (details: object) => void logged.push(details) };
const vm = '6695eb01-f6a4-8304-79aa-97f2502e193f';
const untilAborted = ({ signal }: OperationTools) => delay(60_000, undefined, { signal });

await t.test('work that succeeds', async (t) => {
  const operations = new Operations(log);
  let tools: OperationTools | undefined;
  let finish = (): void => undefined;
  const operation = operations.run('vm.shutdown', vm, async (given) => {
    tools = given;
    await new Promise<void>((resolve) => (finish = resolve));
  });
  t.match(operation, { id: /^[0-9a-f-]{36}$/, kind: 'vm.shutdown', vm, status: 'running' });
  t.strictSame(operation.progress, { percent: 0, text: '' });
  t.notOk('finishedAt' in operation);
  tools?.progress(33.4, 'the guest is asked');
  t.strictSame(operations.get(operation.id).progress, { percent: 33, text: 'the guest is asked' });
  tools?.progress(400, 'x');
  t.equal(operation.progress.percent, 100);
  tools?.progress(-1, 'last');
  finish();
  await operations.ended(operation.id);
  t.match(operation, { status: 'succeeded', progress: { percent: 100, text: 'last' }, finishedAt: /Z$/ });
  tools?.progress(1, 'too late');
  t.equal(operation.progress.percent, 100);
});

await t.test('a failure is a problem as over HTTP', async (t) => {
  const operations = new Operations(log);
  const errors = [{ path: '/name', message: 'is taken' }];
  const { id } = operations.run('vm.create', undefined, () =>
    Promise.reject(new Problem('vm-name-taken', 'There is one.', { errors })),
  );
  await operations.ended(id);
  t.match(operations.get(id), { status: 'failed', finishedAt: /Z$/ });
  t.notOk('vm' in operations.get(id));
  t.strictSame(operations.get(id).problem, {
    type: '/problems/vm-name-taken',
    title: 'A virtual machine of this name exists',
    status: 409,
    detail: 'There is one.',
    instance: id,
    errors,
  });
});

await t.test('an unexpected fault is hidden, and logged', async (t) => {
  const operations = new Operations(log);
  const fault = new Error('the inner secret');
  const { id } = operations.run('x', vm, () => {
    throw fault;
  });
  await operations.ended(id);
  const { problem } = operations.get(id);
  t.match(problem, { type: '/problems/internal-error', status: 500, detail: id });
  t.notMatch(JSON.stringify(problem), /secret/);
  t.match(logged, [{ operation: id, err: fault }]);
});

await t.test('what can be cancelled is', async (t) => {
  const operations = new Operations(log);
  const { id } = operations.run('x', vm, untilAborted, { cancellable: true });
  t.equal(operations.cancel(id).status, 'running', 'it has yet to stop');
  await operations.ended(id);
  t.match(operations.get(id), { status: 'cancelled', problem: undefined });
  t.throws(() => operations.cancel(id), { type: 'operation-not-cancellable', message: /cancelled/ });
});

await t.test('a fault of work that was to stop is a failure, its end a success', async (t) => {
  const operations = new Operations(log);
  const failed = operations.run(
    'x',
    vm,
    (tools) =>
      untilAborted(tools).catch(() => {
        throw new Problem('libvirt-refused', 'no');
      }),
    { cancellable: true },
  );
  const done = operations.run('x', vm, (tools) => untilAborted(tools).catch(() => 1), { cancellable: true });
  for (const { id } of [failed, done]) {
    operations.cancel(id);
    await operations.ended(id);
  }
  t.match([failed.status, done.status], ['failed', 'succeeded']);
});

await t.test('what cannot be cancelled is not', async (t) => {
  const operations = new Operations(log);
  let aborted = false;
  const { id } = operations.run('x', vm, async ({ signal }) => {
    await delay(5);
    aborted = signal.aborted;
  });
  t.throws(() => operations.cancel(id), { type: 'operation-not-cancellable', message: /runs to its end/ });
  await operations.ended(id);
  t.equal(aborted, false);
});

await t.test(
  'the newest is first; ended ones are kept by number and by time, running ones always',
  async (t) => {
    const operations = new Operations(log, { count: 2, ms: 60_000 });
    const running = operations.run('running', vm, untilAborted, { cancellable: true });
    for (const kind of ['a', 'b', 'c']) {
      await operations.ended(operations.run(kind, vm, () => Promise.resolve()).id);
    }
    t.strictSame(
      operations.list().map(({ kind }) => kind),
      ['c', 'b', 'running'],
    );
    t.throws(() => operations.get('00000000-0000-4000-8000-000000000000'), {
      type: 'operation-not-found',
      message: /There is no operation/,
    });
    operations.cancel(running.id);
    await operations.settle(0);

    const brief = new Operations(log, { count: 2, ms: -1 });
    await brief.ended(brief.run('x', vm, () => Promise.resolve()).id);
    await delay(2);
    t.strictSame(brief.list(), []);
  },
);

await t.test(
  'at the end of the service work comes to its end; what can be cancelled has only so long',
  async (t) => {
    const operations = new Operations(log);
    const ends = operations.run('ends', vm, () => delay(20));
    const endless = operations.run('endless', vm, untilAborted, { cancellable: true });
    t.equal(operations.running, 2);
    await operations.settle(10);
    t.match([ends.status, endless.status], ['succeeded', 'cancelled']);
    await operations.settle(10);
  },
);

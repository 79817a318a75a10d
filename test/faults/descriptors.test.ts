import { readdir } from 'node:fs/promises';
import t from 'tap';
import { run, startHost } from '../hosts/index.js';
import { onBridge, Service } from '../integration/service.js';
import { untilWhole } from '../integration/whole.js';

const host = await startHost();
t.teardown(() => host.stop());
const service = await Service.start(host);
await service.create('vm', [onBridge()]);
await service.create('off', [onBridge()], { start: false });

const open = async (): Promise<number> => (await readdir(`/proc/${service.pid}/fd`)).length;
const allow = (count: number) => run('prlimit', ['--pid', String(service.pid), `--nofile=${count}:`]);

/** What comes of a request: its answer, or that the connection was closed. */
const outcome = async (method: string, path: string, body?: unknown): Promise<string> =>
  service.request<object>(method, path, body).then(
    ({ status, body }) => `${status} ${JSON.stringify(body)}`,
    (error: unknown) => (error as NodeJS.ErrnoException).code ?? String(error),
  );

await t.test(
  'without a file descriptor to spare nothing is called enforced and nothing is made',
  async (t) => {
    const before = await open();
    for (const spare of [0, 1, 2, 3, 5, 8]) {
      await allow(before + spare);
      for (const ask of [
        () => outcome('GET', '/v1/enforcement'),
        () => outcome('POST', '/v1/vms/off/start'),
        () => outcome('GET', '/v1/vms'),
      ]) {
        const told = await ask();
        if (spare === 0) t.notMatch(told, /"enforced":[1-9]/);
        t.comment(`${spare} to spare: ${told.slice(0, 120)}`);
        t.match(told, /^(200|503|422|429|5..|ECONNRESET|EPIPE)/);
        t.notMatch(told, /^500/, 'a fault that is known');
      }
      await allow(before + 200);
      if ((await host.virsh('domstate', 'off')).trim() !== 'shut off')
        await service.request('POST', '/v1/vms/off/stop');
    }
  },
);

await t.test('with some again all goes on, and none was lost', async (t) => {
  const events = await service.events();
  await untilWhole(host, service, events, (wrong) => t.comment(wrong));
  t.match(await service.request('POST', '/v1/vms/off/start'), { status: 200, body: { detail: undefined } });
  t.match(await service.request('GET', '/v1/enforcement'), {
    body: { counts: { enforced: 2 }, findings: [] },
  });
  events[Symbol.dispose]();
});

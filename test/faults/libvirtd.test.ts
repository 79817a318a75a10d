import { setTimeout } from 'node:timers/promises';
import t from 'tap';
import type { Vm } from '../../src/schemas/vm.js';
import { attempt, ethernet, Guest, sourceMac, startHost } from '../hosts/index.js';
import { onBridge, Service } from '../integration/service.js';

const host = await startHost();
const service = await Service.start(host);
t.teardown(() => host.stop());
await service.create('vm1', [onBridge('52:54:00:00:00:01')]);

const away = {
  status: 503,
  body: { type: '/problems/libvirt-unavailable' },
  headers: { 'retry-after': /\d/ },
};

await t.test('libvirtd killed and started again: 503 meanwhile, then ready by itself', async (t) => {
  const seen = service.logLength;
  await host.libvirtd.kill('SIGKILL');
  await service.logged('the connection to libvirt is gone', seen);
  for (const path of ['/readyz', '/v1/vms', '/v1/vms/vm1'])
    t.match(await service.request('GET', path), away, path);
  t.match(await service.create<object>('none', [onBridge()]), away);
  t.equal((await service.request('GET', '/healthz')).status, 200);

  await host.libvirtd.start();
  await service.logged('connected to libvirt', seen);
  t.equal((await service.request('GET', '/readyz')).status, 200);
  t.match((await service.request<Vm>('GET', '/v1/vms/vm1')).body, { state: 'running' });
  t.equal((await host.virsh('list', '--all', '--name')).trim(), 'vm1');
});

await t.test('libvirtd killed under requests: each is answered', async (t) => {
  const seen = service.logLength;
  const reads = Array.from({ length: 20 }, () => service.request('GET', '/v1/vms'));
  const change = service.request('POST', '/v1/vms/vm1/stop');
  await host.libvirtd.kill('SIGKILL');
  for (const { status } of await Promise.all([...reads, change]))
    t.ok([200, 503].includes(status), `${status}`);
  await host.libvirtd.start();
  await service.logged('connected to libvirt', seen);
  t.equal((await service.request('GET', '/v1/vms')).status, 200);
});

await t.test(
  'a libvirtd that hangs: requests are answered in their time, and it goes on when it does',
  async (t) => {
    const seen = service.logLength;
    await host.libvirtd.kill('SIGSTOP');
    const answers = await Promise.all([service.request('GET', '/readyz'), service.request('GET', '/v1/vms')]);
    for (const { status } of answers) t.ok([503, 504].includes(status), `${status}`);
    await service.logged('the connection to libvirt is gone', seen);
    await host.libvirtd.kill('SIGCONT');
    await service.logged('connected to libvirt', seen);
    t.equal((await service.request('GET', '/readyz')).status, 200);
  },
);

await t.test('libvirtd killed in the middle of a change of filters opens nothing', async (t) => {
  const victim = '52:54:00:00:00:99';
  await using observer = await host.observer('br0');
  await service.create('changed', [onBridge('52:54:00:00:00:02')]);
  await using guest = await (await Guest.attach(host, 'changed')).ready();
  const flood = await guest.flood('eth0', [ethernet({ src: victim, type: 0x88b5 })]);
  const change = (filters: string[]) =>
    service.request('PATCH', '/v1/vms/changed/nics/52:54:00:00:00:02', { filters });
  const lists = [['no-mac-spoofing'], ['no-mac-spoofing', 'no-arp-mac-spoofing']];
  const started = performance.now();
  t.equal((await change(lists[1] ?? [])).status, 200);
  const took = performance.now() - started;
  for (let i = 0; i < 6; i++) {
    const seen = service.logLength;
    const cut = change(lists[i % 2] ?? []);
    await setTimeout((took * (i + 0.5)) / 6);
    await host.libvirtd.kill('SIGKILL');
    await service.logged('the connection to libvirt is gone', seen);
    await host.libvirtd.start();
    await service.logged('connected to libvirt', seen);
    t.ok([200, 503].includes((await cut).status), 'it is answered');
  }
  await flood.stop();
  t.equal(await attempt(guest, '52:54:00:00:00:02', observer, ethernet({ src: victim, type: 0x88b5 })), 0);
  t.equal(
    observer.count((frame) => sourceMac(frame) === victim),
    0,
  );
});

await t.test('told to end while libvirtd is away, the service ends', async (t) => {
  await host.libvirtd.kill('SIGKILL');
  t.match(await service.stop(), { code: 0 });
});

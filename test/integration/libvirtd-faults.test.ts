import t from 'tap';
import type { Vm } from '../../src/schemas/vm.js';
import { startHost } from '../hosts/index.js';
import { onBridge, Service } from './service.js';

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

await t.test('told to end while libvirtd is away, the service ends', async (t) => {
  await host.libvirtd.kill('SIGKILL');
  t.match(await service.stop(), { code: 0 });
});

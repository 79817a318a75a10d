import { Connection } from 'node-libvirt';
import t from 'tap';
import { startHost } from '../hosts/index.js';
import { onBridge, Service } from '../integration/service.js';
import { notWhole, untilWhole } from '../integration/whole.js';
import { LibvirtProxy } from './libvirt-proxy.js';

const away = {
  status: 503,
  body: { type: '/problems/libvirt-unavailable' },
  headers: { 'retry-after': /\d/ },
};
const mac = '52:54:00:00:00:01';
const host = await startHost();
t.teardown(() => host.stop());
const proxy = await LibvirtProxy.start(host);
t.teardown(() => proxy[Symbol.dispose]());
const service = await Service.start(host, { env: { VIRTWARDEN_URI: proxy.uri } });
const events = await service.events();
t.teardown(() => events[Symbol.dispose]());
const whole = () => untilWhole(host, service, events, (wrong) => t.comment(wrong));

await t.test('a slow libvirtd: everything takes longer and comes out as it would', async (t) => {
  proxy.delayMs = 50;
  t.match(await service.create('vm', [onBridge(mac)]), { status: 201, body: { state: 'running' } });
  const filters = ['no-mac-spoofing', 'no-arp-mac-spoofing'];
  t.match(await service.request('PATCH', `/v1/vms/vm/nics/${mac}`, { filters }), { status: 200 });
  t.match(await service.request('GET', '/v1/vms'), { status: 200, body: { items: [{ state: 'running' }] } });
  t.strictSame(await notWhole(host, service), []);
});

await t.test(
  'one that is slower than anybody waits for: 504 in its time, and nothing is left of what was begun',
  async (t) => {
    proxy.delayMs = 8000;
    const answers = await Promise.all([
      service.request('GET', '/v1/vms/vm'),
      service.create<object>('new', [onBridge()]),
      service.request('PATCH', `/v1/vms/vm/nics/${mac}`, { filters: ['vdsm-no-mac-spoofing'] }),
    ]);
    for (const { status } of answers) t.ok([200, 503, 504].includes(status), `${status}`);
    t.equal(
      (await service.request('GET', '/healthz')).status,
      200,
      'what asks nothing of libvirt is answered',
    );
    proxy.delayMs = 0;
    await whole();
    t.match(await service.request('GET', '/v1/vms'), { status: 200 });
  },
);

await t.test('one that refuses who comes: 503 until it does not, with what runs enforced', async (t) => {
  const seen = service.logLength;
  proxy.refuses = true;
  proxy.cut();
  await service.logged('libvirt is not to be had', seen);
  t.match(await service.request('GET', '/readyz'), away);
  t.match(await service.create<object>('none', [onBridge()]), away);
  t.match(await service.request('GET', '/v1/host'), {
    status: 200,
    body: { connection: { state: 'disconnected' } },
  });
  proxy.refuses = false;
  await service.logged('connected to libvirt', seen);
  await whole();
});

await t.test('one that has as many clients as it takes: 503 until one of them goes', async (t) => {
  await using full = await startHost({ libvirtdConf: ['max_clients = 20', 'max_anonymous_clients = 20'] });
  // libvirtd takes no connection while it has so many, and those wait who come
  const holders: Connection[] = [];
  while (holders.length < 20) holders.push(await Connection.open(full.uri));
  await using waiting = await Service.start(full, { waitFor: 'API at' });
  t.match(await waiting.request('GET', '/readyz'), away);
  t.equal((await waiting.request('GET', '/healthz')).status, 200);
  for (const holder of holders) await holder.close();
  await waiting.logged('connected to libvirt');
  t.match(await waiting.request('GET', '/readyz'), { status: 200 });
});

import t from 'tap';
import type { Enforcement } from '../../src/schemas/enforcement.js';
import { qemuPid, startHost } from '../hosts/index.js';
import { onBridge, Service } from '../integration/service.js';
import { untilWhole } from '../integration/whole.js';

const macs = { a: '52:54:00:00:00:0a', b: '52:54:00:00:00:0b', c: '52:54:00:00:00:0c' };
const host = await startHost();
t.teardown(() => host.stop());
const service = await Service.start(host);
const events = await service.events();
t.teardown(() => events[Symbol.dispose]());

/** The tap of a VM's NIC, which is enforced. */
async function tapOf(vm: keyof typeof macs): Promise<string | undefined> {
  const { body } = await service.request<Enforcement>('GET', `/v1/vms/${vm}/nics/${macs[vm]}/enforcement`);
  t.match(body, { status: 'enforced' }, vm);
  return body.port;
}

await t.test(
  'another VM gets the tap of one whose QEMU died while libvirtd was away: each has its own rules',
  async (t) => {
    await service.create('a', [onBridge(macs.a)]);
    await service.create('b', [onBridge(macs.b)]);
    const [tapOfA, tapOfB] = [await tapOf('a'), await tapOf('b')];
    const pid = await qemuPid(host, 'a');
    const seen = service.logLength;
    await host.libvirtd.kill('SIGKILL');
    process.kill(pid, 'SIGKILL');
    await service.logged('the connection to libvirt is gone', seen);
    await host.libvirtd.start();
    await service.logged('connected to libvirt', seen);
    await untilWhole(host, service, events, (wrong) => t.comment(wrong));
    t.match(await service.create('c', [onBridge(macs.c)]), { status: 201, body: { detail: undefined } });
    t.equal(await tapOf('b'), tapOfB);
    const tapOfC = await tapOf('c');
    t.comment(`a had ${tapOfA}, c has ${tapOfC}`);
    t.match(await service.request('POST', '/v1/vms/a/start'), { status: 200 });
    t.not(await tapOf('a'), tapOfC);
    t.match(await service.request('GET', '/v1/enforcement'), {
      body: { counts: { enforced: 3 }, findings: [] },
    });
  },
);

await t.test(
  'libvirtd restarted in good order, and once more with other settings: all stays enforced',
  async (t) => {
    for (const setting of ['', 'max_queued = 7']) {
      await host.run('sh', ['-c', `echo '${setting}' >>/etc/libvirt/qemu.conf`]);
      const seen = service.logLength;
      await host.libvirtd.restart();
      await service.logged('connected to libvirt', seen);
      await untilWhole(host, service, events, (wrong) => t.comment(wrong));
      t.match(await service.request('GET', '/v1/enforcement'), {
        body: { counts: { enforced: 3 }, findings: [] },
      });
    }
  },
);

await t.test('a tap that somebody has given another name is not taken for filtered', async (t) => {
  const tap = (await tapOf('b')) ?? '';
  await host.run('ip', ['link', 'set', tap, 'down']);
  await host.run('ip', ['link', 'set', tap, 'name', 'vnet77']);
  await host.run('ip', ['link', 'set', 'vnet77', 'up']);
  const { body } = await service.request<Enforcement>('GET', `/v1/vms/b/nics/${macs.b}/enforcement`);
  t.not(body.status, 'enforced');
  t.match(await service.request('GET', '/v1/enforcement'), { body: { findings: [{ detail: /vnet77/ }] } });
  t.match(await service.request('DELETE', '/v1/vms/b?force=true'), { status: 204 });
  await untilWhole(host, service, events, (wrong) => t.comment(wrong));
});

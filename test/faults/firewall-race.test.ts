import t from 'tap';
import { startHost } from '../hosts/index.js';
import { onBridge, Service } from '../integration/service.js';
import { untilWhole } from '../integration/whole.js';

// Who else commits rules of the host's kernel makes ebtables, by which libvirt makes those of NICs, fail now and then.
const host = await startHost();
t.teardown(() => host.stop());
const service = await Service.start(host);
const events = await service.events();
t.teardown(() => events[Symbol.dispose]());
const change = 'nft add table ip else; nft delete table ip else; sleep 0.02';
const other = await host.spawn('sh', ['-c', `while :; do ${change}; done`]);
const names = ['vm0', 'vm1', 'vm2', 'vm3'];

await t.test('somebody else changes rules of the kernel all the while: VMs start all the same', async (t) => {
  for (const name of names) {
    const made = await service.create(name, [onBridge(), onBridge()]);
    t.match(made, { status: 201, body: { detail: undefined } });
  }
});

await t.test(
  'a change of filters is made, or taken back: when libvirt takes rules away it does not say what fails',
  async (t) => {
    for (const name of names) {
      const { body } = await service.request<{ items: { mac: string }[] }>('GET', `/v1/vms/${name}/nics`);
      const nic = `/v1/vms/${name}/nics/${body.items[0]?.mac}`;
      const filters = ['no-mac-spoofing', 'no-arp-mac-spoofing'];
      const changed = await service.request('PATCH', nic, { filters });
      if (changed.status !== 200)
        t.match(changed, { status: 422, body: { type: '/problems/filter-not-enforced' } });
    }
    other.kill();
    await other.ended;
    await untilWhole(host, service, events, (wrong) => t.comment(wrong));
    t.match(await service.request('GET', '/v1/enforcement'), {
      body: { counts: { enforced: 8 }, findings: [] },
    });
  },
);

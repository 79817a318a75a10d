import t from 'tap';
import { startHost } from '../hosts/index.js';
import { onBridge, Service } from '../integration/service.js';

// Who else commits rules of the host's kernel makes ebtables, by which libvirt makes those of NICs, fail now and then.
const host = await startHost();
t.teardown(() => host.stop());
const service = await Service.start(host);

await t.test(
  'somebody else changes rules of the kernel all the while: VMs start and change all the same',
  async (t) => {
    const change = 'nft add table ip else; nft delete table ip else';
    const other = await host.spawn('sh', ['-c', `while :; do ${change}; done`]);
    for (let i = 0; i < 6; i++) {
      const made = await service.create(`vm${i}`, [onBridge(), onBridge()]);
      t.match(made, { status: 201, body: { detail: undefined } });
      const nic = `/v1/vms/vm${i}/nics/${made.body.nics[0]?.mac}`;
      const filters = ['no-mac-spoofing', 'no-arp-mac-spoofing'];
      t.match(await service.request('PATCH', nic, { filters }), { status: 200, body: { detail: undefined } });
    }
    other.kill();
    await other.ended;
    t.match(await service.request('GET', '/v1/enforcement'), {
      body: { counts: { enforced: 12 }, findings: [] },
    });
  },
);

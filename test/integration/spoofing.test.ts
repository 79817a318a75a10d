import t, { type Test } from 'tap';
import {
  arp,
  attempt,
  broadcast,
  ethernet,
  floodAtBoot,
  Guest,
  guestImage,
  ipv4,
  sourceMac,
  startHost,
} from '../hosts/index.js';
import { onBridge, Service } from './service.js';

const mac = '52:54:00:00:00:01';
const victim = '52:54:00:00:00:99';
const own = '10.0.0.2';
const peerIp = '10.0.0.1';

const host = await startHost();
const service = await Service.start(host);
const observer = await host.observer('br0', { ip: `${peerIp}/24` });
t.teardown(() => host.stop());

const arpAs = (src: string, senderMac: string, op: number) =>
  arp({ src, dst: broadcast }, { op, senderMac, senderIp: own, targetIp: peerIp });
const forgeries = [
  { what: 'an unknown protocol from a forged MAC', frame: ethernet({ src: victim, type: 0x88b5 }) },
  { what: 'IPv4 from a forged MAC', frame: ipv4({ src: victim, dst: broadcast }, { src: own, dst: peerIp }) },
  { what: 'a whole ARP request as another', frame: arpAs(victim, victim, 1) },
  { what: 'an ARP request with a forged sender MAC', frame: arpAs(mac, victim, 1) },
  { what: 'an ARP reply with a forged sender MAC', frame: arpAs(mac, victim, 2) },
];

/** Boots a guest on br0, checks that it reaches the observer honestly, and counts what arrives of each forgery. */
async function tryAll(t: Test, name: string): Promise<number[]> {
  await using guest = await (await Guest.attach(host, name)).ready();
  await guest.up('eth0', `${own}/24`);
  t.equal(await guest.ping(peerIp), 1, 'an honest ping is answered');
  const seen: number[] = [];
  for (const { frame } of forgeries) seen.push(await attempt(guest, mac, observer, frame));
  return seen;
}

await t.test('without a filter each forgery arrives: so its absence means something', async (t) => {
  await host.defineGuest({ name: 'open', nics: [{ mac }] });
  t.strictSame(
    await tryAll(t, 'open'),
    forgeries.map(() => 1),
  );
  await host.virsh('destroy', 'open');
  await host.virsh('undefine', 'open');
});

await t.test('a VM made over the API sends none of them', async (t) => {
  t.match(await service.create('filtered', [onBridge(mac)]), { status: 201, body: { state: 'running' } });
  const seen = await tryAll(t, 'filtered');
  forgeries.forEach(({ what }, i) => t.equal(seen[i], 0, what));
  t.equal((await service.request('POST', '/v1/vms/filtered/stop')).status, 200);
  t.strictSame(await host.leftovers(), { chains: [], jumps: [], bindings: [], taps: [] });
  t.equal((await service.request('DELETE', '/v1/vms/filtered')).status, 204);
});

await t.test('not even in the first moment that it runs', async (t) => {
  const before = observer.count((frame) => sourceMac(frame) === victim);
  const { kernel, initrd, cmdline } = await guestImage();
  const flood = floodAtBoot('*', [ethernet({ src: victim, type: 0x88b5 })]);
  const boot = { kernel, initrd, cmdline: `${cmdline} ${flood}` };
  t.match(await service.create('flooding', [onBridge(mac)], { boot }), { status: 201 });
  await using guest = await (await Guest.attach(host, 'flooding')).ready();
  const { sent } = await guest.bootFlood().stop();
  t.ok(sent > 0, `${sent} frames were sent`);
  // the guest's own marker comes after all that it sent before
  t.equal(await attempt(guest, mac, observer, ethernet({ src: victim, type: 0x88b5 })), 0);
  t.equal(
    observer.count((frame) => sourceMac(frame) === victim),
    before,
  );
  t.equal((await service.request('DELETE', '/v1/vms/flooding?force=true')).status, 204);
});

import t from 'tap';
import { arp, etherTypes, Guest, ipv4, isFrame, linkLocalOf, udpDatagram } from '../hosts/index.js';
import { onBridge } from '../integration/service.js';
import { move, nothingLeft, Pair, stateOf, verdict } from './pair.js';

const mac = '52:54:00:00:00:01';
const victim = { mac: '52:54:00:00:00:02', ip: '10.0.0.9' };
const own = { ip: '10.0.0.2', linkLocal: linkLocalOf(mac) };

const toAll = { dst: '255.255.255.255', protocol: 17, payload: udpDatagram(4000, 4000) };
const honest = arp({ src: mac }, { senderMac: mac, senderIp: own.ip, targetIp: own.ip });
const spoofed = [
  arp({ src: victim.mac }, { senderMac: victim.mac, senderIp: victim.ip, targetIp: victim.ip }),
  arp({ src: mac }, { senderMac: victim.mac, senderIp: victim.ip, targetIp: victim.ip }),
  arp({ src: mac }, { senderMac: mac, senderIp: victim.ip, targetIp: victim.ip }),
  ipv4({ src: victim.mac }, { src: victim.ip, ...toAll }),
  ipv4({ src: mac }, { src: victim.ip, ...toAll }),
];
const isSpoofed = (frame: Buffer): boolean => spoofed.some((one) => isFrame(one)(frame));
/** QEMU tells the switches of the new host where the NIC is now. */
const isAnnouncement = (frame: Buffer): boolean => frame.readUInt16BE(12) === etherTypes.rarp;

await t.test('a guest that spoofs all the while is moved there and back ten times', async (t) => {
  await using pair = await Pair.start();
  const watchers = await Promise.all([pair.a, pair.b].map(({ host }) => host.observer()));
  const nic = {
    ...onBridge(mac),
    filters: ['vdsm-no-mac-spoofing', 'virtwarden-strict'],
    filterParameters: [
      { name: 'IP', value: own.ip },
      { name: 'IPV6', value: own.linkLocal },
    ],
  };
  t.match(await pair.a.service.create('traveller', [nic]), { status: 201 });
  const guest = await (await Guest.attach(pair.a.host, 'traveller')).ready();
  await guest.up('eth0');
  await guest.flood('eth0', [honest, ...spoofed], { intervalUs: 2000 });
  await watchers[0]?.next(isFrame(honest));
  await guest.detach();

  for (let i = 0; i < 20; i++) {
    const [from, to] = i % 2 === 0 ? [pair.a, pair.b] : [pair.b, pair.a];
    const there = watchers[(i + 1) % 2];
    const resumed = there?.next(isFrame(honest), 60_000);
    const announced = there?.next(isAnnouncement, 60_000);
    const { status, progress, migration, problem } = await move(from, 'traveller', to.destination);
    t.match(
      { status, progress, problem },
      { status: 'succeeded', progress: { percent: 100 }, problem: undefined },
    );
    t.match(migration, { where: 'destination', nics: [{ mac, status: 'enforced' }] });
    await Promise.all([resumed, announced]);
    t.equal(await verdict(to, 'traveller', mac), 'enforced');
    t.equal(await stateOf(from, 'traveller'), '404');
    t.strictSame(await from.host.leftovers(), nothingLeft);
    t.notMatch(await from.host.virsh('nwfilter-list'), 'virtwarden-list', 'nor the filter of its list');
  }

  await using after = await (await Guest.attach(pair.a.host, 'traveller')).ready();
  const sent = Number((await after.sh('cat /sys/class/net/eth0/statistics/tx_packets')).trim());
  t.ok(sent > 1000, `it has sent ${sent} frames`);
  for (const { dropped } of watchers) t.notOk(dropped, 'the observers lost nothing');
  t.equal(
    watchers.reduce((sum, watcher) => sum + watcher.count(isSpoofed), 0),
    0,
    'no spoofed frame was seen',
  );
  const { body } = await pair.a.service.request<{ nics: unknown }>('GET', '/v1/vms/traveller');
  t.match(body.nics, [
    { filters: nic.filters, filterOrigin: 'explicit', filterParameters: nic.filterParameters },
  ]);
});

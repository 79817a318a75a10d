import t from 'tap';
import type { Nic } from '../../src/schemas/nic.js';
import { readShippedFilters } from '../../src/filtering/shipped.js';
import {
  arp,
  attempt,
  type Bytes,
  Guest,
  icmp6,
  icmp6Types,
  ipv4,
  linkLocalOf,
  startHost,
  udpDatagram,
} from '../hosts/index.js';
import { onBridge, Service } from './service.js';

const mac = '52:54:00:00:00:01';
const own = { ip: '10.0.0.2', linkLocal: linkLocalOf(mac) };
const peerIp = '10.0.0.1';
const parameters = [
  { name: 'IP', value: own.ip },
  { name: 'IPV6', value: own.linkLocal },
];
/** Which of the lists each filter wants. */
const lists: Readonly<Record<string, string[]>> = {
  'virtwarden-own-ipv4': ['IP'],
  'virtwarden-own-ipv6': ['IPV6'],
  'virtwarden-strict': ['IP', 'IPV6'],
  'virtwarden-strict-ipv4': ['IP'],
  'virtwarden-strict-ipv6': ['IPV6'],
};

const host = await startHost();
const service = await Service.start(host);
const observer = await host.observer('br0', { ip: `${peerIp}/24` });
t.teardown(() => host.stop());

await t.test('a VM starts with every shipped filter, each seen in the kernel', async (t) => {
  const nics = readShippedFilters().map(({ name }) => ({
    ...onBridge(),
    filters: [name],
    filterParameters: parameters.filter((parameter) => lists[name]?.includes(parameter.name)),
  }));
  t.match(await service.create('all', nics), { status: 201, body: { state: 'running' } });
  t.equal((await service.request('DELETE', '/v1/vms/all?force=true')).status, 204);
});

await t.test('virtwarden-strict wants both lists, and says which is missing', async (t) => {
  const nic = { ...onBridge(), filters: ['virtwarden-strict'], filterParameters: parameters.slice(0, 1) };
  t.match(await service.create('lacking', [nic]), { status: 400, body: { detail: /IPV6/ } });
});

await t.test('a running NIC is made strict, and a filter beside it takes nothing away', async (t) => {
  // a refusal would say why
  t.match(await service.create('vm', [onBridge(mac)]), { status: 201, body: { detail: undefined } });
  await using guest = await (await Guest.attach(host, 'vm')).ready();
  await guest.up('eth0', `${own.ip}/24`);
  const payload = udpDatagram(4000, 4000, Buffer.from('marker'));
  const marker = ipv4({ src: mac }, { src: own.ip, dst: '255.255.255.255', protocol: 17, payload });
  const tries = (frame: Bytes) => attempt(guest, mac, observer, frame, { marker });
  const toAll = { dst: '255.255.255.255', protocol: 17, payload: udpDatagram(67, 68) };
  const dhcpServer = ipv4({ src: mac }, { src: own.ip, ...toAll });
  const probe = arp({ src: mac }, { senderMac: mac, senderIp: '0.0.0.0', targetIp: own.ip });
  const foreign = arp({ src: mac }, { senderMac: mac, senderIp: '10.0.0.9', targetIp: peerIp });
  const echo = icmp6(
    { src: mac },
    { src: own.linkLocal, dst: 'ff02::1', type: icmp6Types.echoRequest, body: Buffer.alloc(4) },
  );
  const sees = async () => [
    await tries(dhcpServer),
    await tries(foreign),
    await tries(probe),
    await tries(echo),
  ];
  const change = (filters: string[]) =>
    service.request<Nic>('PATCH', `/v1/vms/vm/nics/${mac}`, { filters, filterParameters: parameters });

  t.strictSame(await sees(), [1, 1, 1, 1], 'by default only MAC addresses are looked at');
  t.match(await change(['virtwarden-strict']), { status: 200, body: { filters: ['virtwarden-strict'] } });
  t.strictSame(await sees(), [0, 0, 1, 1]);
  t.equal(await guest.ping(peerIp), 1);
  // clean-traffic accepts IPv4 before its end, and drops ARP probes and IPv6: each filter is asked
  for (const list of [
    ['clean-traffic', 'virtwarden-strict'],
    ['virtwarden-strict', 'clean-traffic'],
  ]) {
    t.match(await change(list), { status: 200, body: { filters: list } });
    t.strictSame(await sees(), [0, 0, 0, 0], list.join());
    t.equal(await guest.ping(peerIp), 1);
  }
});

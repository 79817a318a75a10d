import t from 'tap';
import { guardDemands } from '../../src/guard/demands.js';

const both = [
  { name: 'IP', value: '10.0.0.2' },
  { name: 'IP', value: '10.0.0.1' },
  { name: 'IP', value: '10.0.0.1' },
  { name: 'IPV6', value: 'fd66::1' },
];
const macOnly = { tags: 2, announcementsOnly: false, neighbours: false, noServerRoles: false };

await t.test('any filter at all demands the NIC’s MAC address, and nothing else', (t) => {
  for (const filters of [['vdsm-no-mac-spoofing', 'no-mac-spoofing'], ['no-ip-multicast'], []])
    t.strictSame(guardDemands(filters, both), macOnly);
  t.end();
});

await t.test('the parts of the strict filter demand what they promise', (t) => {
  t.strictSame(guardDemands(['virtwarden-own-ipv4'], both), {
    ...macOnly,
    tags: 1,
    ipv4: ['10.0.0.1', '10.0.0.2'],
    arp: ['10.0.0.1', '10.0.0.2'],
  });
  t.strictSame(guardDemands(['virtwarden-own-ipv6'], both), {
    ...macOnly,
    tags: 1,
    ipv6: ['fd66::1'],
    neighbours: true,
  });
  t.strictSame(guardDemands(['virtwarden-no-server-roles'], []), {
    ...macOnly,
    tags: 1,
    noServerRoles: true,
  });
  t.strictSame(guardDemands(['virtwarden-strict-mac'], both), {
    tags: 0,
    types: ['rarp', 'arp', 'ip', 'ip6'],
    announcementsOnly: true,
    neighbours: true,
    noServerRoles: false,
  });
  t.end();
});

await t.test('the strict filters of one family carry no other', (t) => {
  const types = (name: string) => guardDemands([name, 'virtwarden-strict-mac'], both).types;
  t.strictSame(types('virtwarden-strict-ipv4'), ['rarp', 'arp', 'ip']);
  t.strictSame(types('virtwarden-strict-ipv6'), ['rarp', 'ip6']);
  t.end();
});

await t.test('libvirt’s filters of IPv4 and ARP look at one of the two', (t) => {
  t.match(guardDemands(['no-ip-spoofing'], both), {
    tags: 1,
    ipv4: ['10.0.0.1', '10.0.0.2'],
    arp: undefined,
  });
  t.match(guardDemands(['no-arp-ip-spoofing'], both), { arp: ['10.0.0.1', '10.0.0.2'], ipv4: undefined });
  t.end();
});

await t.test('a list without an address demands nothing', (t) => {
  const names = ['no-ip-spoofing', 'virtwarden-own-ipv4', 'virtwarden-own-ipv6'];
  const wrong = ['not-an-ip', '10.0.0.1 accept', 'fe80::1%eth0', ''];
  for (const value of wrong)
    t.strictSame(
      guardDemands(
        names,
        ['IP', 'IPV6'].map((name) => ({ name, value })),
      ),
      macOnly,
      value,
    );
  t.end();
});

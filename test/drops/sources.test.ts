import t from 'tap';
import { dropSources } from '../../src/drops/sources.js';
import { ownedChains } from '../../src/kernel/owned-chains.js';
import { parseSaved } from '../../src/kernel/saved-rules.js';

const names = { frames: new Map<string, number>(), packets: new Map<string, number>() };
const ebtables = `*nat
:libvirt-I-vnet0 ACCEPT
:I-vnet0-mac ACCEPT
:I-vnet0-arp-mac ACCEPT
:I-vnet0-ipv4-ip ACCEPT
:O-vnet0-ipv4 ACCEPT
-A libvirt-I-vnet0 -j I-vnet0-mac -c 99 1
-A libvirt-I-vnet0 -j DROP -c 6 1
-A I-vnet0-mac -s 52:54:00:00:00:01 -j RETURN -c 9 1
-A I-vnet0-mac -j DROP -c 1 1
-A I-vnet0-arp-mac -j DROP -c 2 1
-A I-vnet0-ipv4-ip -j DROP -c 3 1
-A I-vnet0-ipv4-ip -j DROP -c 4 1
-A O-vnet0-ipv4 -j DROP -c 50 1
`;
const kernel = {
  ebtables: 'ebtables-nft' as const,
  native: {},
  ingress: { guards: { listed: { text: '' } }, closed: [], others: '' },
  dormant: [],
  tables: {
    ebtables: parseSaved('ebtables', 'nat', ebtables, names),
    iptables: parseSaved(
      'iptables',
      'filter',
      '*filter\n:FI-vnet0 -\n[5:1] -A FI-vnet0 -p 6 -j REJECT\n',
      names,
    ),
    ip6tables: new Map(),
    libvirt_nwfilter_ethernet: new Map(),
    libvirt_nwfilter_inet: new Map(),
  },
};
const facts = {
  kernel,
  owned: ownedChains(kernel, ['vnet0']),
  ports: new Map(),
  backendOf: () => 'ebtables' as const,
  spelling: new Map(),
};
const guard = {
  handle: '0',
  dormant: false,
  rules: [
    { handle: '1', text: 'a', class: 'pass', packets: 70 },
    { handle: '2', text: 'b', class: 'mac', packets: 7 },
    { handle: '3', text: 'c', class: 'nd', packets: 8 },
    { handle: '4', text: 'd', class: 'a stranger', packets: 90 },
  ],
};

const counted = (...args: Parameters<typeof dropSources>) =>
  dropSources(...args).map((source) => `${source.class} ${source.packets}`);

await t.test(
  'what the guest sent and a rule dropped, by class; nothing that passed or was for the guest',
  (t) => {
    t.strictSame(counted('vnet0', facts, guard), [
      'mac 7',
      'nd 8',
      'other 6',
      'mac 1',
      'arp 2',
      'ip 3',
      'ip 4',
      'other 5',
    ]);
    t.strictSame(counted('vnet0', facts, undefined).length, 6);
    t.strictSame(counted('vnet1', facts, undefined), []);
    t.end();
  },
);

await t.test('rules that say the same are told apart', (t) => {
  const ids = dropSources('vnet0', facts, guard).map(({ id }) => id);
  t.equal(new Set(ids).size, ids.length);
  t.end();
});

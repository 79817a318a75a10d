import t from 'tap';
import { FilterCatalog } from '../../src/filtering/catalog.js';
import { findUnenforced } from '../../src/enforcement/kernel.js';
import { ownedChains } from '../../src/kernel/owned-chains.js';
import { readFileSync } from 'node:fs';
import { parseSaved } from '../../src/kernel/saved-rules.js';
import type { DomainInterface } from '../../src/xml/domain.js';
import { jump, nic, saved } from '../helpers/kernel-rules.js';

const read = (file: string): string => readFileSync(file, 'utf8');
const catalog = new FilterCatalog([
  read('filters/vdsm-no-mac-spoofing.xml'),
  ...['no-mac-spoofing', 'no-arp-mac-spoofing'].map((name) =>
    read(`/usr/share/libvirt/nwfilter/${name}.xml`),
  ),
]);
const names = {
  frames: new Map([
    ['arp', 0x806],
    ['ipv4', 0x800],
  ]),
  packets: new Map<string, number>(),
};
const bridged = { bridge: 'br0', tap: true, carrier: true, calls: { iptables: true, ip6tables: true } };

function findings(text: string, of: DomainInterface = nic): string[] {
  const tables = {
    ebtables: parseSaved('ebtables', 'nat', text, names),
    iptables: new Map(),
    ip6tables: new Map(),
    libvirt_nwfilter_ethernet: new Map(),
    libvirt_nwfilter_inet: new Map(),
  };
  const kernel = {
    ebtables: 'ebtables-nft' as const,
    tables,
    native: {},
    ingress: { guards: { listed: { text: '' } }, closed: [], others: '' },
    dormant: [],
  };
  const ports = new Map([
    ['vnet0', bridged],
    ['vnet1', bridged],
  ]);
  return findUnenforced(of, 'vdsm-no-mac-spoofing', catalog, {
    kernel,
    read: { began: 0, ended: 1 },
    ports,
    owned: ownedChains(kernel, ports.keys()),
    backendOf: () => 'ebtables',
    spelling: new Map(),
  });
}
const lines = saved.trimEnd().split('\n');
const join = (changed: string[]): string => `${changed.join('\n')}\n`;
const ahead = (rule: string): string => saved.replace(jump, `-A PREROUTING ${rule}\n${jump}`);
const behind = (rule: string): string => saved.replace(jump, `${jump}\n-A PREROUTING ${rule}`);

const enforced: Record<string, string> = {
  'as libvirt makes it': saved,
  'MAC addresses as old ebtables writes them': saved.replaceAll('52:54:00:aa:bb:01', '52:54:0:aa:bb:1'),
  'rules of other taps ahead': ahead('-i vnet1 -j libvirt-I-vnet1'),
  'a tap ahead whose name begins like this one’s': ahead('-i vnet01 -j ACCEPT'),
  'a tap ahead whose name ends like this one’s': ahead('-i xvnet0 -j ACCEPT'),
  'anything after the jump': behind('-j ACCEPT'),
  'another table that says otherwise': `*filter\n:PREROUTING ACCEPT\n-A PREROUTING -j ACCEPT\n${saved}`,
  'chains of other taps': `${saved}:libvirt-I-vnet1 ACCEPT\n-A libvirt-I-vnet1 -j ACCEPT\n`,
};
for (const [what, text] of Object.entries(enforced)) t.strictSame(findings(text), [], `in force: ${what}`);
t.strictSame(findings(saved, { ...nic, mac: '52:54:00:AA:BB:01' }), [], 'however the MAC is spelled');

const aheadOfFilter = [
  '-j ACCEPT',
  '-j RETURN',
  '-i vnet0 -j ACCEPT',
  '-i vnet0 -j RETURN',
  '-i vnet0 -p IPv4 -j ACCEPT',
  '-p IPv4 -i vnet0 -j ACCEPT',
  '-p ARP -j ACCEPT',
  '-s 52:54:00:aa:bb:02 -j ACCEPT',
  '-d ff:ff:ff:ff:ff:ff -j ACCEPT',
  '-i vnet+ -j ACCEPT',
  '-i v+ -j ACCEPT',
  '-i + -j ACCEPT',
  '! -i vnet1 -j ACCEPT',
  '-i ! vnet1 -j ACCEPT', // as legacy ebtables writes it
  '! -i eth+ -j ACCEPT',
  '-i ! eth+ -j ACCEPT',
  '--logical-in br0 -j ACCEPT',
  '-o vnet1 -j ACCEPT',
  '-j somewhere-else',
];
for (const rule of aheadOfFilter)
  t.not(findings(ahead(rule)).length, 0, `found ahead of the filter: ${rule}`);

const needed = lines.filter((line) => !/^:(OUTPUT|POSTROUTING) /.test(line));
for (const line of needed) {
  t.not(findings(join(lines.filter((other) => other !== line))).length, 0, `found missing: ${line}`);
}

const firstRule = lines.indexOf(jump) + 1;
for (let i = firstRule; i < lines.length; i++) {
  const [, chain = ''] = /^-A (\S+) /.exec(lines[i] ?? '') ?? [];
  for (const extra of ['-j ACCEPT', '-j RETURN', '-p ARP -j ACCEPT', '-s 52:54:00:aa:bb:02 -j RETURN']) {
    for (const at of [i, i + 1]) {
      const text = join(lines.toSpliced(at, 0, `-A ${chain} ${extra}`));
      t.not(findings(text).length, 0, `found in ${chain}: ${extra}`);
    }
  }
}

for (const chain of ['I-vnet0-arp-mac', 'I-vnet0-mac', 'libvirt-I-vnet0']) {
  const own = lines.filter((line) => line.startsWith(`-A ${chain} `));
  const rest = lines.filter((line) => !own.includes(line));
  t.not(findings(join([...rest, ...own.toReversed()])).length, 0, `found in another order: ${chain}`);
}

const replaced: [what: string, from: string, to: string][] = [
  ['another MAC in frames', '-s 52:54:00:aa:bb:01', '-s 52:54:00:aa:bb:02'],
  ['another MAC in ARP', '--arp-mac-src 52:54:00:aa:bb:01', '--arp-mac-src 52:54:00:aa:bb:02'],
  ['a mask that lets neighbours through', '-s 52:54:00:aa:bb:01', '-s 52:54:00:aa:bb:01/ff:ff:ff:ff:ff:00'],
  ['a negated MAC', '-s 52:54:00:aa:bb:01', '! -s 52:54:00:aa:bb:01'],
  ['frames let through at the end', '-A I-vnet0-mac -j DROP', '-A I-vnet0-mac -j ACCEPT'],
  ['ARP let through at the end', '-A I-vnet0-arp-mac -j DROP', '-A I-vnet0-arp-mac -j ACCEPT'],
  ['accepted before ARP is looked at', 'bb:01 -j RETURN\n-A I-vnet0-mac', 'bb:01 -j ACCEPT\n-A I-vnet0-mac'],
  ['a drop with a condition', '-A I-vnet0-mac -j DROP', '-A I-vnet0-mac -p IPv4 -j DROP'],
  ['the MAC of IPv4 only', '-j I-vnet0-mac', '-p IPv4 -j I-vnet0-mac'],
  ['the filter of another tap', '-j libvirt-I-vnet0', '-j libvirt-I-vnet1'],
  ['a jump with a condition', '-i vnet0 -j', '-i vnet0 -p ARP -j'],
  ['a jump from another tap', '-i vnet0 -j', '-i vnet1 -j'],
  ['a jump from every other tap', '-i vnet0 -j', '! -i vnet0 -j'],
  ['a chain of another tap', '-j I-vnet0-mac', '-j I-vnet1-mac'],
];
for (const [what, from, to] of replaced) {
  const text = saved.replace(from, to);
  t.not(text, saved, 'the sabotage took place');
  t.not(findings(text).length, 0, `found: ${what}`);
}

const places: Record<string, string> = {
  'no rules in the kernel': '',
  'the rules in another table': saved.replace('*nat', '*filter'),
  'the jump in a chain that bridged frames do not meet first': saved.replace(
    jump,
    jump.replace('PREROUTING', 'POSTROUTING'),
  ),
};
for (const [what, text] of Object.entries(places)) t.not(findings(text).length, 0, `found: ${what}`);

const without = (member: 'target' | 'filter'): DomainInterface => {
  const { [member]: left, ...rest } = nic;
  t.ok(left, 'it had one');
  return rest;
};
const nics: Record<string, DomainInterface> = {
  'without a tap': without('target'),
  'without a filter': without('filter'),
  'with another filter': { ...nic, filter: 'clean-traffic' },
  'with another MAC': { ...nic, mac: '52:54:00:aa:bb:02' },
  'without a MAC': { ...nic, mac: '' },
  'with another tap': { ...nic, target: 'vnet1' },
};
for (const [what, changed] of Object.entries(nics)) {
  t.not(findings(saved, changed).length, 0, `found: a NIC ${what}`);
}

await t.test('a finding says what is wrong and where', (t) => {
  t.strictSame(findings(saved.replace(jump, '')), [
    'No rule "-i vnet0 -j libvirt-I-vnet0" leads frames of vnet0 from the chain PREROUTING of ebtables to their filter.',
  ]);
  t.strictSame(findings(ahead('-j ACCEPT')), [
    'The rule "-j ACCEPT" in the chain PREROUTING of ebtables stands before the filter of vnet0.',
  ]);
  t.strictSame(findings(saved.replace('-A I-vnet0-mac -j DROP\n', '')), [
    'The chain I-vnet0-mac of ebtables has "-s 52:54:00:aa:bb:01 -j RETURN", and must have "-s 52:54:00:aa:bb:01 -j RETURN; -j DROP".',
  ]);
  t.strictSame(findings(`${saved}:libvirt-J-vnet0 ACCEPT\n`), [
    'libvirt has left the chain libvirt-J-vnet0 of ebtables half built.',
  ]);
  t.strictSame(findings(`${saved}:O-vnet0-ipv4 ACCEPT\n`), [
    'The chain O-vnet0-ipv4 of ebtables is none of those that the filter of vnet0 gives.',
  ]);
  const twice = ahead('-i vnet0 -j ACCEPT').replace('-A I-vnet0-arp-mac -j DROP\n', '');
  t.equal(findings(twice).length, 2, 'every fault is told');
  t.end();
});

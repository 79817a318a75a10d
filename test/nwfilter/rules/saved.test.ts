import t from 'tap';
import type { KernelChain, KernelRule } from '../../../src/nwfilter/rules/model.js';
import { hasRules, readProtocolNames, withNumbers } from '../../../src/nwfilter/rules/saved.js';

const names = readProtocolNames(
  '# types\nIPv4\t0800\tip ip4 # IP\nARP 0806 ether-arp\nLoWPAN A0ED\n',
  'ip 0 IP\ntcp 6 TCP # x\nipv6-icmp 58 IPv6-ICMP\n',
);

await t.test('names of protocols become numbers', (t) => {
  const spelled: [Parameters<typeof withNumbers>[0], string, string][] = [
    ['ebtables', '-p IPv4 --ip-proto ! tcp -j DROP', '-p 0x800 --ip-proto ! 6 -j DROP'],
    ['ebtables', '-p ! ARP -s ! 52:54:00:00:00:01 -j DROP', '-p ! 0x806 -s ! 52:54:00:00:00:01 -j DROP'],
    ['ebtables', '-p 0x88b5 -j ACCEPT', '-p 0x88b5 -j ACCEPT'],
    ['ebtables', '-p lowpan -j ACCEPT', '-p 0xa0ed -j ACCEPT'],
    ['ebtables', '-p Length -j ACCEPT', '-p Length -j ACCEPT'],
    ['ebtables', '--ip6-proto ipv6-icmp -j ACCEPT', '--ip6-proto 58 -j ACCEPT'],
    [
      'ebtables',
      '--ip6-proto ipv6-icmp --ip6-icmp-type ! mld-listener-query -j DROP',
      '--ip6-proto 58 --ip6-icmp-type ! 130/0:255 -j DROP',
    ],
    ['ebtables', '--ip6-icmp-type mld-listener-done -j DROP', '--ip6-icmp-type 132/0:255 -j DROP'],
    ['ebtables', '--ip6-icmp-type redirect -j DROP', '--ip6-icmp-type redirect -j DROP'],
    [
      'iptables',
      '-s 10.0.0.1/32 -p tcp -m tcp --dport 1 -j DROP',
      '-s 10.0.0.1/32 -p 6 -m tcp --dport 1 -j DROP',
    ],
    ['iptables', '-m comment --comment "-p tcp" -j DROP', '-m comment --comment "-p tcp" -j DROP'],
    [
      'iptables',
      '-p tcp -m comment --comment "a -p tcp -m x" -j DROP',
      '-p 6 -m comment --comment "a -p tcp -m x" -j DROP',
    ],
    [
      'iptables',
      '-m comment --comment "a -p tcp -m x" -j DROP',
      '-m comment --comment "a -p tcp -m x" -j DROP',
    ],
  ];
  for (const [table, given, wanted] of spelled) t.equal(withNumbers(table, given, names), wanted);
  t.end();
});

const rule = (text: string, tied?: number): KernelRule => ({
  text,
  verdict: 'drop',
  ...(tied !== undefined && { tied }),
});
const chain: KernelChain = {
  table: 'ebtables',
  name: 'libvirt-I-vnet0',
  direction: 'out',
  own: true,
  rules: [rule('a'), rule('d', 1), rule('c', 1), rule('f', 2), rule('e', 2), rule('b')],
};

await t.test('a chain has what it must have, in the order that counts', (t) => {
  for (const found of ['a d c f e b', 'a c d f e b', 'a c d e f b'])
    t.ok(hasRules(chain, found.split(' ')), found);
  const others = [
    'a d c f e',
    'a d c f e b b',
    'b d c f e a',
    'a f c d e b',
    'a d f c e b',
    'd a c f e b',
    'a d c f e x',
    '',
  ];
  for (const found of others) t.notOk(hasRules(chain, found.split(' ')), found);
  t.end();
});

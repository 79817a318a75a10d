import t from 'tap';
import { inOrderOfEvaluation } from '../../../src/web/live/rule-order.js';

const rule = (chain: string, text: string, table: 'ebtables' | 'iptables' = 'ebtables') => ({
  table,
  chain,
  text,
  verdict: 'return',
});
const shown = (rules: ReturnType<typeof rule>[]): string[] =>
  inOrderOfEvaluation(rules).map(({ chain, text, depth }) => `${depth} ${chain} ${text}`);

await t.test('the rules of a chain follow the one that leads to it', (t) => {
  const rules = [
    rule('I-vnet0-arp-mac', '-j DROP'),
    rule('I-vnet0-mac', '-s 52:54:00:00:00:01 -j RETURN'),
    rule('I-vnet0-mac', '-j DROP'),
    rule('libvirt-I-vnet0', '-j I-vnet0-mac'),
    rule('libvirt-I-vnet0', '-p 0x806 -j I-vnet0-arp-mac'),
  ];
  t.strictSame(shown(rules), [
    '0 libvirt-I-vnet0 -j I-vnet0-mac',
    '1 I-vnet0-mac -s 52:54:00:00:00:01 -j RETURN',
    '1 I-vnet0-mac -j DROP',
    '0 libvirt-I-vnet0 -p 0x806 -j I-vnet0-arp-mac',
    '1 I-vnet0-arp-mac -j DROP',
  ]);
  t.end();
});

await t.test('in each table, once, and none is left out', (t) => {
  t.strictSame(shown([rule('a', '-j b'), rule('b', '-j b'), rule('b', 'ip saddr 10.0.0.1 jump a')]), [
    '0 a -j b',
    '1 b -j b',
    '1 b ip saddr 10.0.0.1 jump a',
  ]);
  t.strictSame(shown([rule('b', '-j DROP', 'iptables'), rule('a', '-j b')]), ['0 b -j DROP', '0 a -j b']);
  t.end();
});

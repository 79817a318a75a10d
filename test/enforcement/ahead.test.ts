import t from 'tap';
import { rulesAhead } from '../../src/enforcement/ahead.js';
import { wrongBase } from '../../src/enforcement/chains.js';
import type { Chains } from '../../src/kernel/saved-rules.js';

const chainsOf = (chains: Record<string, string[]>): Chains =>
  new Map(
    Object.entries(chains).map(([name, rules]) => [
      name,
      rules.map((text) => ({ text, packets: 0, bytes: 0 })),
    ]),
  );
const wayOf = (chains: Record<string, string[]>) => ({
  chains: chainsOf(chains),
  table: 'iptables' as const,
  port: 'vnet0',
  direction: 'out' as const,
});

await t.test('a comment decides nothing, whatever it says', (t) => {
  const rule = (text: string) => [{ text, packets: 0, bytes: 0 }];
  t.equal(rulesAhead(wayOf({}), rule('-m comment --comment "see the -j DROP below" -j ACCEPT')).length, 1);
  t.equal(rulesAhead(wayOf({}), rule('-m comment --comment "a \\" -j ACCEPT" -j DROP')).length, 0);
  t.end();
});

await t.test('libvirt’s own chains may stand before one another in their order alone', (t) => {
  const post = { 'libvirt-in-post': ['-m physdev --physdev-in vnet0 -j ACCEPT'] };
  const ours = ['-j libvirt-in', '-j libvirt-out', '-j libvirt-in-post'];
  for (const name of ['libvirt-in', 'libvirt-out', 'libvirt-in-post'])
    t.strictSame(wrongBase(wayOf({ FORWARD: ours, ...post }), name), []);
  const turned = wayOf({ FORWARD: ['-j libvirt-in-post', ...ours], ...post });
  t.match(wrongBase(turned, 'libvirt-in'), [{ code: 'rule-ahead' }]);
  t.end();
});

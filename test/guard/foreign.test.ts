import t from 'tap';
import { foreignIngress } from '../../src/guard/foreign.js';

const listed = (name: string, devices: string, rule: string) => `table netdev ${name} { # handle 1
	chain c { # handle 2
		type filter hook ingress ${devices} priority -600; policy accept;
		${rule} # handle 3
	}
}
`;

await t.test('who sends frames past the filters, or rewrites them, is found out', (t) => {
  const rules = ['fwd to "eth0"', 'dup to "eth0"', 'ether saddr set 52:54:00:00:00:01', '@ll,48,48 set 0x1'];
  for (const rule of rules) {
    t.strictSame([...foreignIngress(listed('evil', 'device "vnet0"', rule))], [['vnet0', 'evil']], rule);
    const several = listed('evil', 'devices = { "vnet0", "vnet1" }', rule);
    t.strictSame([...foreignIngress(several).keys()], ['vnet0', 'vnet1']);
  }
  t.end();
});

await t.test('what drops or counts does not', (t) => {
  for (const rule of [
    'drop',
    'counter packets 1 bytes 2',
    'ether saddr 52:54:00:00:00:01 accept',
    'meta mark set 1',
  ])
    t.equal(foreignIngress(listed('other', 'device "vnet0"', rule)).size, 0, rule);
  t.equal(foreignIngress('').size, 0);
  t.end();
});

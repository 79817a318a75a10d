import t from 'tap';
import { guardDiffers } from '../../src/guard/differs.js';
import { parseGuards, parseProof } from '../../src/guard/listing.js';

const listing = `table netdev virtwarden_guard { # handle 2
	set router_types { # handle 3
		type icmp_type
		elements = { router-advertisement,
			     redirect }
	}

	chain tap_vnet0 { # handle 1
		type filter hook ingress device "vnet0" priority -400; policy accept;
		ether saddr != 52:54:00:00:00:01 counter packets 7 bytes 420 drop comment "mac" # handle 4
		icmp type @router_types counter packets 0 bytes 0 drop comment "router" # handle 5
	}

	chain tap_vnet1 { # handle 6
		type filter hook ingress device "vnet1" priority -400; policy accept;
		meta protocol arp drop # handle 7
	}
}
`;
const rules = [
  'ether saddr != 52:54:00:00:00:01 counter drop comment "mac"',
  'icmp type { redirect, router-advertisement } counter drop comment "router"',
];
const expected = { tap: 'vnet0', rules };
const differs = (text: string) => guardDiffers(expected, parseGuards(text).get('vnet0'));

await t.test('a listing is read: rules, what they counted, their classes', (t) => {
  t.strictSame(Object.fromEntries(parseGuards(listing)), {
    vnet0: {
      handle: '1',
      dormant: false,
      hook: 'type filter hook ingress device "vnet0" priority -400; policy accept;',
      rules: [
        { handle: '4', text: rules[0], class: 'mac', packets: 7, bytes: 420 },
        { handle: '5', text: rules[1], class: 'router', packets: 0, bytes: 0 },
      ],
    },
    vnet1: {
      handle: '6',
      dormant: false,
      hook: 'type filter hook ingress device "vnet1" priority -400; policy accept;',
      rules: [{ handle: '7', text: 'meta protocol arp drop' }],
    },
  });
  t.equal(parseGuards('').size, 0);
  t.strictSame([...parseGuards(listing.replace('tap_vnet1', 'other')).keys()], ['vnet0']);
  t.end();
});

await t.test(
  'what nft echoes of a proof is what it lists, but for handles, counters and the order in sets',
  (t) => {
    const rule = (text: string) => `add rule netdev virtwarden_guard_proof_1 ${text}`;
    const echo = [
      'add table netdev virtwarden_guard_proof_1 { flags owner; }',
      rule(
        'tap_vnet0 handle 3 ether saddr != 52:54:00:00:00:01 counter packets 0 bytes 0 drop comment "mac"',
      ),
      rule('tap_vnet1 handle 3 meta protocol arp drop'),
      'add element netdev virtwarden_guard_proof_1 router_types { redirect }',
      'add element netdev virtwarden_guard_proof_1 router_types { router-advertisement }',
      rule('tap_vnet0 icmp type @router_types counter packets 0 bytes 0 drop comment "router"'),
      '# new generation 3 by process 1 (nft)',
    ].join('\n');
    const [proof = []] = parseProof(echo, ['vnet0', 'vnet1']);
    t.strictSame(proof, rules);
    t.equal(guardDiffers({ tap: 'vnet0', rules: proof }, parseGuards(listing).get('vnet0')), undefined);
    t.end();
  },
);

await t.test('what is otherwise is named', (t) => {
  t.equal(differs(listing), undefined);
  t.equal(differs(''), 'vnet0 has no guard');
  const changes: [from: string, to: string, says: RegExp][] = [
    ['-400', '-600', /hangs on .*-600.*, not on .*-400/],
    ['policy accept', 'policy drop', /hangs on .*policy drop/],
    ['device "vnet0"', 'device "vnet9"', /hangs on .*vnet9/],
    ['# handle 2\n', '# handle 2\n\tflags dormant\n', /switched off/],
    ['\t\ttype filter hook ingress device "vnet0" priority -400; policy accept;\n', '', /hangs on “nothing”/],
    [
      '!= 52',
      '52',
      /^rule 1 of the guard of vnet0 is “ether saddr 52.*”, and should be “ether saddr != 52.*”/,
    ],
    ['redirect', 'echo-reply', /^rule 2 .* is “icmp type \{ echo-reply, router/],
    ['drop comment "mac"', 'accept comment "mac"', /^rule 1 .* accept comment "mac"”/],
    [
      '\t}\n\n\tchain tap_vnet1',
      '\t\tcounter packets 1 bytes 1 accept\n\t}\n\n\tchain tap_vnet1',
      /^rule 3 .* is “counter accept”, and should not be there/,
    ],
    [listing.split('\n')[10] ?? '', '', /^rule 2 .* is not there, and should be “icmp/],
  ];
  for (const [from, to, says] of changes) t.match(differs(listing.replace(from, to)), says);
  t.end();
});

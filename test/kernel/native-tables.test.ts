import t from 'tap';
import { parseNative } from '../../src/kernel/native-tables.js';
import { ownedChains } from '../../src/kernel/owned-chains.js';
import { ethernet, kernelOf } from '../helpers/native-listing.js';

await t.test('chains with their rules, what they hang on, and the maps', (t) => {
  const { chains, entries } = parseNative(ethernet);
  t.equal(entries.dormant, false);
  t.strictSame(
    [...entries.hooks],
    [
      ['postrouting', 'type filter hook postrouting priority 0; policy accept;'],
      ['prerouting', 'type filter hook prerouting priority 0; policy accept;'],
    ],
  );
  t.strictSame(
    [...entries.maps].map(([name, map]) => [name, [...map]]),
    [
      [
        'vmap-oif',
        [
          ['vnet0', 'jump vnet0-in'],
          ['vnet1', 'jump n-vnet1-in'],
          ['17', 'jump vnet9-in'],
        ],
      ],
      ['vmap-iif', [['vnet0', 'jump vnet0-out']]],
    ],
  );
  t.strictSame(chains.get('vnet0-out'), [
    { text: 'jump vnet0-mac-out', handle: '11' },
    { text: 'ether type { arp, ip } accept', packets: 7, bytes: 300, handle: '12' },
    { text: 'udp sport 68 drop comment "usercomment=# handle 5"', handle: '13' },
  ]);
  t.strictSame(chains.get('vnet0-in'), []);
  t.equal(chains.has('same-ip-set'), false);
  t.end();
});

await t.test('a table that is switched off', (t) => {
  t.equal(parseNative(ethernet.replace('{', '{\n\tflags dormant')).entries.dormant, true);
  t.equal(parseNative(ethernet.replace('{', '{\n\tflags owner')).entries.dormant, false);
  t.end();
});

await t.test('whose the chains are, and whether they are whole', (t) => {
  const owned = ownedChains(kernelOf(ethernet), ['vnet0', 'a-b']);
  const shown = [...owned].map(([port, chains]) => [
    port,
    chains.map(({ chain, unfinished }) => `${chain}${unfinished ? ' unfinished' : ''}`),
  ]);
  t.strictSame(Object.fromEntries(shown), {
    vnet0: ['vnet0-in', 'vnet0-out', 'vnet0-mac-out'],
    vnet1: ['n-vnet1-in unfinished', 'n-vnet1-ipv4-ip-out unfinished'],
    vnet9: ['vnet9-in'],
    'a-b': ['a-b-mac-in'],
  });
  t.end();
});

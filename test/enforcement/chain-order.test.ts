import t from 'tap';
import { wrongEntry } from '../../src/enforcement/chains.js';
import type { Way } from '../../src/enforcement/ahead.js';

const wayOf = (port: string, texts: readonly string[]): Way => ({
  chains: new Map([['PREROUTING', texts.map((text) => ({ text, packets: 0, bytes: 0 }))]]),
  table: 'ebtables',
  port,
  direction: 'out',
});
const entryOf = (port: string): string => `-i ${port} -j libvirt-I-${port}`;
const ahead = (port: string, texts: readonly string[]): (string | undefined)[] =>
  wrongEntry(wayOf(port, texts), 'PREROUTING', entryOf(port)).map(
    ({ detail }) => /"(.*?)"/.exec(detail)?.[1],
  );

await t.test('of the rules before its own a NIC is told those that may be about it, in their order', (t) => {
  const texts = [
    '-i vnet1 -j ACCEPT',
    '-j ACCEPT',
    entryOf('vnet1'),
    '-i vnet2 -j ACCEPT',
    '-i vnet+ -j ACCEPT',
    entryOf('vnet2'),
    '-i vnet2 -j ACCEPT',
  ];
  t.strictSame(ahead('vnet1', texts), ['-i vnet1 -j ACCEPT', '-j ACCEPT']);
  t.strictSame(ahead('vnet2', texts), ['-j ACCEPT', '-i vnet2 -j ACCEPT', '-i vnet+ -j ACCEPT']);
  t.match(wrongEntry(wayOf('vnet3', texts), 'PREROUTING', entryOf('vnet3')), [{ code: 'jump-missing' }]);
  t.end();
});

await t.test('a rule that stands twice counts where it stands first', (t) => {
  t.strictSame(ahead('vnet1', [entryOf('vnet1'), '-j ACCEPT', entryOf('vnet1')]), []);
  t.end();
});

import t from 'tap';
import { dropSources, hasUncounted } from '../../src/drops/sources.js';
import { asRebuilt } from '../../src/enforcement/as-rebuilt.js';
import { backendsOf } from '../../src/enforcement/backend.js';
import { rulesOf } from '../../src/enforcement/rules.js';
import { ownedChains } from '../../src/kernel/owned-chains.js';
import { readBinding } from '../../src/xml/nwfilter-binding.js';
import { ethernet, kernelOf } from '../helpers/native-listing.js';

const binding = (port: string, backend: string) =>
  readBinding(
    `<filterbinding><owner><name>vm</name><uuid>11111111-2222-3333-4444-555555555555</uuid></owner><portdev name='${port}'/><mac address='52:54:00:00:00:01'/><filterref filter='x'/>${backend}</filterbinding>`,
  );
const nftables = "<backend name='nftables'/>";
const iptables = "<backend name='iptables'/>";

await t.test('libvirt’s bindings say what it makes rules with', (t) => {
  const of = (...bindings: [string, string][]) => backendsOf(bindings.map((one) => binding(...one)));
  t.equal(of(['vnet0', nftables])('vnet0'), 'nftables');
  t.equal(of(['vnet0', iptables])('vnet0'), 'ebtables');
  t.equal(of(['vnet0', ''])('vnet0'), 'ebtables', 'an older one has one only');
  t.equal(of(['vnet0', nftables])('vnet1'), 'nftables', 'a port without a binding gets what the others have');
  t.equal(of(['vnet0', nftables])(), 'nftables');
  t.equal(of()('vnet0'), 'ebtables');
  t.end();
});

const kernel = kernelOf(ethernet);
const facts = {
  kernel,
  owned: ownedChains(kernel, ['vnet0']),
  ports: new Map(),
  backendOf: () => 'nftables' as const,
  spelling: new Map(),
  read: { began: 0, ended: 1 },
};

await t.test('the rules of a port, with what they have counted where they count', (t) => {
  const shown = rulesOf(facts, 'vnet0').map(({ text, verdict, packets }) => [text, verdict, packets]);
  t.strictSame(shown, [
    ['jump vnet0-mac-out', 'jump', undefined],
    ['ether type { arp, ip } accept', 'accept', 7],
    ['udp sport 68 drop comment "usercomment=# handle 5"', 'drop', undefined],
    ['ether saddr 52:54:00:00:00:01 return', 'return', undefined],
    ['drop', 'drop', 4],
    ['drop', 'drop', undefined],
  ]);
  t.end();
});

await t.test('what was dropped is known of rules that count', (t) => {
  const counted = dropSources('vnet0', facts, undefined).map((source) => [source.class, source.packets]);
  t.strictSame(counted, [['mac', 4]]);
  t.equal(hasUncounted('vnet0', facts), true);
  t.equal(hasUncounted('vnet1', facts), false);
  t.end();
});

await t.test('chains that libvirt has made anew stand for those that they replace', (t) => {
  const { tables, native } = asRebuilt(kernel, 'vnet1');
  t.ok(tables.libvirt_nwfilter_ethernet.has('vnet1-in'));
  t.notOk(tables.libvirt_nwfilter_ethernet.has('n-vnet1-in'));
  t.equal(native.libvirt_nwfilter_ethernet?.maps.get('vmap-oif')?.get('vnet1'), 'jump vnet1-in');
  t.strictSame(
    asRebuilt(kernel, 'vnet0').tables.libvirt_nwfilter_ethernet,
    kernel.tables.libvirt_nwfilter_ethernet,
  );
  t.end();
});

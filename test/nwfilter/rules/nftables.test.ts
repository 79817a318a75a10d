import t from 'tap';
import { filterFromLibvirt } from '../../../src/nwfilter/from-xml.js';
import { nativeChains } from '../../../src/nwfilter/rules/kernel-chains.js';
import { handmade, xmlOf } from '../handmade.js';
import { kernelCases } from '../kernel-cases.js';
import { mac, parametersOf, port, readRecorded } from '../native/recorded.js';

// libvirt's own commands, as native/record.ts took them down
const recorded = readRecorded();
const shipped = new Map(
  Object.entries(recorded.filters).map(([name, xml]) => [name, filterFromLibvirt(xml)]),
);
const made = { ...handmade, ...kernelCases };

/** The rules that a filter must come to, by table and chain. */
function expected(what: string): Record<string, string[]> {
  const own = made[what];
  const name = own ? 'given' : what;
  const filters = own ? new Map([...shipped, [name, filterFromLibvirt(xmlOf(name, own))]]) : shipped;
  const given = Object.entries(own ? (own.parameters ?? {}) : parametersOf(what));
  const parameters = given.flatMap(([key, values]) => values.map((value) => ({ name: key, value })));
  const chains = nativeChains(filters, name, { port, mac, parameters }).filter((chain) => chain.own);
  return Object.fromEntries(
    chains.map((chain) => [`${chain.table} ${chain.name}`, chain.rules.map(({ text }) => text)]),
  );
}

for (const [what, { chains }] of Object.entries(recorded.cases)) {
  if (!chains) continue;
  await t.test(`libvirt's own rules: ${what}`, (t) => {
    t.strictSame(expected(what), chains);
    t.end();
  });
}

await t.test('every filter that is shipped was recorded', (t) => {
  t.strictSame(
    Object.keys(recorded.filters).filter((name) => !recorded.cases[name]?.chains),
    [],
  );
  t.end();
});

await t.test('frames come to a port’s chains by the elements of the maps', (t) => {
  const { filters } = recorded;
  const models = new Map(Object.entries(filters).map(([name, xml]) => [name, filterFromLibvirt(xml)]));
  const entries = nativeChains(models, 'no-mac-spoofing', { port, mac, parameters: [] })
    .filter(({ own }) => !own)
    .map(({ table, name, rules }) => `${table} ${name}: ${rules.map(({ text }) => text).join('; ')}`);
  t.strictSame(entries, [
    'libvirt_nwfilter_ethernet vmap-oif: "port0" : jump port0-in',
    'libvirt_nwfilter_ethernet vmap-iif: "port0" : jump port0-out',
    'libvirt_nwfilter_inet vmap-oif: "port0" : jump port0-in',
    'libvirt_nwfilter_inet vmap-iif: "port0" : jump port0-out',
  ]);
  t.end();
});

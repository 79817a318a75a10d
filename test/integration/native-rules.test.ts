import t from 'tap';
import { spelledChain, wrongChains } from '../../src/enforcement/chains.js';
import { leadNative, nativeBases, removeNative } from '../../src/kernel/mend-native.js';
import { readSpelling } from '../../src/kernel/nft-spelling.js';
import { listWith } from '../../src/kernel/tool.js';
import { readNative } from '../../src/kernel/native-tables.js';
import { ownedChains } from '../../src/kernel/owned-chains.js';
import type { KernelSnapshot } from '../../src/kernel/snapshot.js';
import { filterFromLibvirt } from '../../src/nwfilter/from-xml.js';
import { nativeChains } from '../../src/nwfilter/rules/kernel-chains.js';
import { nativePortScript, nativeTablesScript } from '../helpers/native-script.js';
import { mac, parametersOf, port, readRecorded } from '../nwfilter/native/recorded.js';
import { GuardHost } from './guard-host.js';

const host = await GuardHost.start(t);
await host.addTap(port);
await host.addTap('port1');
const { cases, filters } = readRecorded();
const models = new Map(Object.entries(filters).map(([name, xml]) => [name, filterFromLibvirt(xml)]));

const tables = ['libvirt_nwfilter_ethernet', 'libvirt_nwfilter_inet'] as const;
const noTables = tables.map((table) => `add table bridge ${table}; delete table bridge ${table}\n`).join('');
const make = (filter: string): Promise<string> =>
  host.nft(`${noTables}${nativeTablesScript}${nativePortScript(port, cases[filter]?.chains ?? {})}`);

/** The native tables of the host. */
async function snapshot(): Promise<KernelSnapshot> {
  const [listed = ''] = await listWith(['nft', 'list', 'sets']);
  const there = tables.filter((table) => listed.includes(`table bridge ${table} {`));
  const native = await readNative(new Map(there.map((table) => [`bridge ${table}`, { dormant: false }])));
  const chainsOf = (table: (typeof tables)[number]) => native.get(table)?.chains ?? new Map();
  return {
    ebtables: 'ebtables-nft',
    ingress: { guards: { listed: { text: '' } }, closed: [], others: '' },
    dormant: [],
    native: Object.fromEntries([...native].map(([table, { entries }]) => [table, entries])),
    tables: {
      ebtables: new Map(),
      iptables: new Map(),
      ip6tables: new Map(),
      libvirt_nwfilter_ethernet: chainsOf('libvirt_nwfilter_ethernet'),
      libvirt_nwfilter_inet: chainsOf('libvirt_nwfilter_inet'),
    },
  };
}

/** What is found wrong with the port's rules, when they are to be those of a filter. */
async function findings(filter: string): Promise<{ code: string; detail: string }[]> {
  const parameters = Object.entries(parametersOf(filter)).flatMap(([name, values]) =>
    values.map((value) => ({ name, value })),
  );
  const wanted = nativeChains(models, filter, { port, mac, parameters });
  const spelling = await readSpelling(wanted.flatMap(({ rules }) => rules.map(({ text }) => text)));
  const kernel = await snapshot();
  const owned = ownedChains(kernel, [port]).get(port) ?? [];
  return wrongChains(
    kernel,
    port,
    wanted.map((chain) => spelledChain(chain, spelling)),
    owned,
  );
}
const codes = async (filter: string): Promise<string[]> => (await findings(filter)).map(({ code }) => code);

for (const filter of models.keys()) {
  await t.test(`libvirt's rules are known again as nft lists them: ${filter}`, async (t) => {
    await make(filter);
    t.strictSame(await findings(filter), []);
  });
}

const filter = 'virtwarden-strict';
const table = 'bridge libvirt_nwfilter_ethernet';
const chain = `${table} ${port}-mac-vw-link-out`;
/** What is done to the rules, and what it is called. */
const sabotages: Record<string, [string, string[]]> = {
  'a chain is emptied': [`flush chain ${chain}`, ['chain-differs']],
  'a rule is put into a chain': [`insert rule ${chain} accept`, ['chain-differs']],
  'the element is gone': [`delete element ${table} vmap-iif { "${port}" }`, ['jump-missing']],
  'the element is another': [
    `delete element ${table} vmap-iif { "${port}" }; add element ${table} vmap-iif { "${port}" : accept }`,
    ['jump-missing'],
  ],
  'the rule of all ports is gone': [`flush chain ${table} prerouting`, ['jump-missing']],
  'the table is switched off': [
    `add table ${table} { flags dormant; }`,
    Array<string>(2).fill('jump-missing'),
  ],
  'no tables': [
    noTables,
    [...Array<string>(4).fill('jump-missing'), ...Array<string>(8).fill('chain-missing')],
  ],
  'a chain is half built': [`add chain ${table} n-${port}-in`, ['chain-unfinished']],
  'a chain of no filter': [`add chain ${table} ${port}-ipv4-in`, ['chain-strange']],
  'an accept ahead': [`insert rule ${table} prerouting accept`, ['rule-ahead']],
  'an accept of this port ahead': [`insert rule ${table} prerouting iif "${port}" accept`, ['rule-ahead']],
  'an accept of all but another port': [
    `insert rule ${table} prerouting iifname != "port1" accept`,
    ['rule-ahead'],
  ],
  'a return ahead': [`insert rule ${table} prerouting return`, ['rule-ahead']],
  'a way round ahead': [
    `add chain ${table} x; add rule ${table} x accept; insert rule ${table} prerouting jump x`,
    ['rule-ahead'],
  ],
  'another hook': [
    `flush chain ${table} prerouting; delete chain ${table} prerouting; add chain ${table} prerouting; add rule ${table} prerouting iif vmap @vmap-iif`,
    ['jump-missing'],
  ],
  'what does not decide': [
    `insert rule ${table} prerouting counter; insert rule ${table} prerouting iifname "port1" accept; insert rule ${table} prerouting drop; add chain ${table} x; insert rule ${table} prerouting jump x; add rule ${table} x return`,
    [],
  ],
  'another table that accepts': [
    'add table bridge x; add chain bridge x y { type filter hook prerouting priority -900; policy accept; }; add rule bridge x y accept',
    [],
  ],
};
for (const [what, [script, wanted]] of Object.entries(sabotages)) {
  await t.test(`found, or not, as it must be: ${what}`, async (t) => {
    await make(filter);
    await host.nft(script);
    t.strictSame((await codes(filter)).sort(), wanted.toSorted());
  });
}

for (const what of [
  'the rule of all ports is gone',
  'the table is switched off',
  'an accept ahead',
  'another hook',
]) {
  await t.test(`the way to the rules is put first again: ${what}`, async (t) => {
    await make(filter);
    await host.nft(sabotages[what]?.[0] ?? '');
    await leadNative(await snapshot(), 'libvirt_nwfilter_ethernet', nativeBases.out);
    t.strictSame(await findings(filter), []);
  });
}

await t.test('what a port has is removed, and nothing of another', async (t) => {
  await make(filter);
  const other = { 'libvirt_nwfilter_ethernet port1-in': [], 'libvirt_nwfilter_ethernet port1-out': ['drop'] };
  const inet = { 'libvirt_nwfilter_inet port1-in': [], 'libvirt_nwfilter_inet port1-out': [] };
  await host.nft(nativePortScript('port1', { ...other, ...inet }));
  const half = `${table} n-${port}-out`;
  await host.nft(`add chain ${half}; add rule ${table} prerouting iif "${port}" jump n-${port}-out`);
  const kernel = await snapshot();
  const before = ownedChains(kernel, []);
  t.strictSame([...before.keys()].sort(), [port, 'port1']);
  await removeNative(kernel, before.get(port) ?? []);
  t.strictSame([...ownedChains(await snapshot(), []).keys()], ['port1']);
  t.notMatch(await host.nft('list ruleset'), port);
});

await t.test('a port that is gone leaves a number in the maps, which goes with its chains', async (t) => {
  await host.addTap('port9');
  await host.nft(`${noTables}${nativeTablesScript}`);
  const chains = tables.flatMap((one) => [`${one} port9-in`, `${one} port9-out`]);
  await host.nft(nativePortScript('port9', Object.fromEntries(chains.map((one) => [one, []]))));
  await host.host.run('ip', ['link', 'delete', 'port9']);
  const kernel = await snapshot();
  await removeNative(kernel, ownedChains(kernel, []).get('port9') ?? []);
  t.equal(ownedChains(await snapshot(), []).size, 0);
});

await t.test('a rule that nft does not take is in the way of no other', async (t) => {
  const spelling = await readSpelling([
    'ether type 0x0800 jump somewhere',
    'no rule at all',
    'ether type 0x806 drop',
  ]);
  t.equal(spelling.get('ether type 0x0800 jump somewhere'), 'ether type ip jump somewhere');
  t.equal(spelling.get('ether type 0x806 drop'), 'ether type arp drop');
  t.equal(spelling.get('no rule at all'), undefined);
  t.notMatch(await host.nft('list tables'), /spelling/, 'and nothing of it stays');
});

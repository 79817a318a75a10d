import t from 'tap';
import { type ExpectedGuard, guardDiffers } from '../../src/guard/differs.js';
import { expectGuards, putGuard, readGuards, removeGuard, sweepGuards } from '../../src/guard/guard.js';
import { type GuardedNic, guardFor } from '../../src/guard/rules.js';
import { guardTable } from '../../src/kernel/guard-table.js';
import { GuardHost } from './guard-host.js';

const guarded = await GuardHost.start(t);
const nft = (script: string) => guarded.nft(script);

const tap = 'vnet-0.1_a';
const strict = [
  'virtwarden-strict-mac',
  'virtwarden-no-server-roles',
  'virtwarden-own-ipv4',
  'virtwarden-own-ipv6',
];
const nic: GuardedNic = {
  port: tap,
  mac: '52:54:00:00:00:01',
  filters: ['virtwarden-strict', ...strict],
  parameters: [
    { name: 'IP', value: '10.0.0.2' },
    { name: 'IP', value: '10.0.0.1' },
    { name: 'IPV6', value: 'fd66::1' },
    { name: 'IPV6', value: '::ffff:10.0.0.1' },
    { name: 'IPV6', value: 'fe80::5054:ff:fe00:1' },
  ],
};
await guarded.addTap(tap);

async function expected(of: GuardedNic): Promise<ExpectedGuard> {
  const [guard] = await expectGuards([guardFor(of)]);
  if (!guard) throw new Error('nothing is expected');
  return guard;
}
const differs = async (of: GuardedNic) => guardDiffers(await expected(of), (await readGuards()).get(of.port));

await t.test('without the table there is no guard', async (t) => {
  t.equal((await readGuards()).size, 0);
  t.match(await differs(nic), 'has no guard');
  t.strictSame(await sweepGuards(guarded.devices), []);
});

await t.test(
  'several may ask at once how guards are listed, and another service on the host, too',
  async (t) => {
    const asked = Array.from({ length: 8 }, () => expected(nic));
    const [first, ...others] = await Promise.all(asked);
    for (const one of others) t.strictSame(one, first);
  },
);

const trees: Record<string, string[]> = {
  'any filter': ['no-ip-multicast'],
  'vdsm-no-mac-spoofing': ['vdsm-no-mac-spoofing', 'no-mac-spoofing', 'no-arp-mac-spoofing'],
  'clean-traffic': ['clean-traffic', 'no-ip-spoofing', 'no-arp-ip-spoofing'],
  'virtwarden-strict': ['virtwarden-strict', ...strict],
  'virtwarden-strict-ipv4': ['virtwarden-strict-ipv4', ...strict.slice(0, 3)],
  'virtwarden-strict-ipv6': ['virtwarden-strict-ipv6', 'virtwarden-strict-mac', 'virtwarden-own-ipv6'],
  ...Object.fromEntries(strict.map((name) => [name, [name]])),
};
for (const [name, filters] of Object.entries(trees)) {
  await t.test(`${name}: what is put is what is expected`, async (t) => {
    await putGuard(guardFor({ ...nic, filters }));
    t.equal(await differs({ ...nic, filters }), undefined);
    t.equal((await readGuards()).get(tap)?.rules.length, guardFor({ ...nic, filters }).rules.length);
    t.notMatch(await nft('list tables\n'), /proof/);
  });
}

await t.test('one tap’s guard is put and taken away beside another’s', async (t) => {
  await guarded.addTap('vnet1');
  const other = { ...nic, port: 'vnet1', mac: '52:54:00:00:00:02' };
  await putGuard(guardFor(nic));
  await putGuard(guardFor(other));
  t.strictSame([await differs(nic), await differs(other)], [undefined, undefined]);
  t.match(await differs({ ...other, mac: nic.mac }), /rule 1 of the guard of vnet1 is/);
  await removeGuard('vnet1');
  await removeGuard('vnet1');
  t.strictSame([...(await readGuards()).keys()], [tap]);
  t.equal(await differs(nic), undefined);
});

const chain = `netdev ${guardTable} tap_${tap}`;
const mine = { ...nic, filters: ['vdsm-no-mac-spoofing'] };
async function handleOf(text: string): Promise<string> {
  const listed = await nft(`list chain ${chain}\n`);
  const line = listed.split('\n').find((one) => one.includes(text));
  return line?.split('# handle ')[1] ?? '';
}
const meddling: Record<string, { does: () => Promise<unknown>; says: RegExp }> = {
  'a rule is deleted': {
    does: async () => nft(`delete rule ${chain} handle ${await handleOf('ether saddr !=')}`),
    says: /^rule 1 .* is “meta protocol .*”, and should be “ether saddr != 52:54:00:00:00:01 /,
  },
  'the last rule is deleted': {
    does: async () => nft(`delete rule ${chain} handle ${await handleOf('@nh,16,16 0x8035')}`),
    says: /is not there, and should be “/,
  },
  'a rule is replaced, with its comment': {
    does: async () =>
      nft(
        `replace rule ${chain} handle ${await handleOf('ether saddr !=')} ether saddr 52:54:00:00:00:09 counter drop comment "mac"`,
      ),
    says: /^rule 1 .* is “ether saddr 52:54:00:00:00:09 counter drop comment "mac"”/,
  },
  'a rule is added before': {
    does: () => nft(`insert rule ${chain} accept`),
    says: /^rule 1 .* is “accept”/,
  },
  'a rule is added behind': {
    does: () => nft(`add rule ${chain} counter accept comment "pass"`),
    says: /“counter accept comment "pass"”, and should not be there$/,
  },
  'a set that rules name has one element less': {
    does: () => nft(`delete element netdev ${guardTable} tag_types { 0x88a8 }`),
    says: /^rule 2 .* is “meta protocol \{ 0x9100, 0x9200, 0x9300, 8021q \}/,
  },
  'the rules are flushed': { does: () => nft(`flush chain ${chain}`), says: /^rule 1 .* is not there/ },
  'the chain is deleted': { does: () => nft(`delete chain ${chain}`), says: /has no guard$/ },
  'the chain hangs on nothing': {
    does: async () => {
      const rules = guardFor(mine).rules.map(({ text }) => `add rule ${chain} ${text}`);
      await nft([`delete chain ${chain}`, `add chain ${chain}`, ...rules, ''].join('\n'));
    },
    says: /hangs on “nothing”/,
  },
  'the chain hangs on another device': {
    does: async () => {
      const hook = '{ type filter hook ingress device "lo" priority -400; policy accept; }';
      const rules = guardFor(mine).rules.map(({ text }) => `add rule ${chain} ${text}`);
      await nft([`delete chain ${chain}`, `add chain ${chain} ${hook}`, ...rules, ''].join('\n'));
    },
    says: /hangs on “type filter hook ingress device "lo"/,
  },
  'the table is switched off': {
    does: () => nft(`add table netdev ${guardTable} { flags dormant; }`),
    says: /switched off/,
  },
  'the table is deleted': { does: () => nft(`delete table netdev ${guardTable}`), says: /has no guard$/ },
};
for (const [what, { does, says }] of Object.entries(meddling)) {
  await t.test(`${what}: it is seen, and put right by putting the guard again`, async (t) => {
    await putGuard(guardFor(mine));
    t.equal(await differs(mine), undefined);
    await does();
    t.match(await differs(mine), says);
    await putGuard(guardFor(mine));
    t.equal(await differs(mine), undefined);
  });
}

await t.test('the guard of a tap that is gone is swept, where the kernel did not take it away', async (t) => {
  await putGuard(guardFor(mine));
  t.strictSame(await sweepGuards(guarded.devices), []);
  t.equal(await differs(mine), undefined);
  await guarded.host.run('ip', ['link', 'del', tap]);
  const left = [...(await readGuards()).keys()];
  t.strictSame(await sweepGuards(guarded.devices), left);
  t.equal((await readGuards()).size, 0);
});

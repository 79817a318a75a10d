import { createSocket } from 'node:dgram';
import { writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import t from 'tap';
import { putGuard, removeGuard } from '../../../src/guard/guard.js';
import { wrongGuards } from '../../../src/guard/expected.js';
import { type FoundGuard, foundGuards } from '../../../src/guard/listing.js';
import { guardFor } from '../../../src/guard/rules.js';
import { guardTable, listGuardTable, readGuardTable } from '../../../src/kernel/guard-table.js';
import { fakeTools } from '../../helpers/fake-tools.js';
import { ip, nft } from './nft.js';

const taps = ['vnet0', 'vnet1'];
const guards = taps.map((port, i) =>
  guardFor({
    port,
    mac: `52:54:00:00:00:0${i}`,
    filters: ['virtwarden-strict', 'virtwarden-own-ipv4', 'virtwarden-strict-mac'],
    parameters: [{ name: 'IP', value: '10.0.0.2' }],
  }),
);
const [, second] = guards;
const table = `netdev ${guardTable}`;

await t.test('without the table there is no guard', async (t) => {
  t.strictSame(await readGuardTable(), { listed: { text: '' } });
});

for (const tap of taps) await ip('tuntap', 'add', tap, 'mode', 'tap');
for (const guard of guards) await putGuard(guard);

/** What is read, with all that nft says of the same moment. */
async function read() {
  const [found, listed] = [await readGuardTable(), await listGuardTable()];
  return { remembered: found.counts !== undefined, found: foundGuards(found), listed: foundGuards(listed) };
}

/** Reads twice: the second is remembered, if nobody changes anything. */
async function readTwice() {
  await readGuardTable();
  return read();
}

await t.test('what has not changed is not listed again', async (t) => {
  const { listed } = await readGuardTable();
  fakeTools(t, { nft: 'echo "it was listed again" >&2; exit 1' });
  const again = await readGuardTable();
  t.equal(again.listed, listed);
  t.strictSame([...foundGuards(again).keys()].sort(), taps);
});

await t.test('what is remembered is what nft lists', async (t) => {
  const { remembered, found, listed } = await readTwice();
  t.ok(remembered);
  t.strictSame(found, listed);
  t.strictSame(await wrongGuards(guards, found), new Map());
});

/** The guards as they are to be, whatever was there. */
async function putAnew(): Promise<void> {
  await nft(`add table ${table}; delete table ${table}`);
  for (const guard of guards) await putGuard(guard);
}

const chain = `${table} tap_vnet0`;
const device = (name: string): string =>
  `add chain ${chain} { type filter hook ingress device "${name}" priority -400; policy accept; }`;
const firstRule = async (): Promise<string> =>
  foundGuards(await listGuardTable()).get('vnet0')?.rules[0]?.handle ?? '';

const changes: Record<string, () => Promise<unknown>> = {
  'a rule is deleted': async () => nft(`delete rule ${chain} handle ${await firstRule()}`),
  'a rule is put first': () => nft(`insert rule ${chain} accept`),
  'a rule is replaced': async () => nft(`replace rule ${chain} handle ${await firstRule()} counter accept`),
  'a chain is emptied': () => nft(`flush chain ${chain}`),
  'a chain is deleted': () => nft(`flush chain ${chain}; delete chain ${chain}`),
  'a chain hangs on another device': () =>
    nft(`flush chain ${chain}; delete chain ${chain}; ${device('vnet1')}`),
  'a device has another name': () => ip('link', 'set', 'vnet0', 'name', 'vnet9'),
  'the table is switched off': () => nft(`add table ${table} { flags dormant; }`),
  'an element is taken out of a set': () => nft(`delete element ${table} tag_types { 0x88a8 }`),
  'an element is put into a set': () => nft(`add element ${table} tag_types { 0x1234 }`),
  'somebody adds a set and a chain': () =>
    nft(`add set ${table} more { type ether_addr; }; add chain ${table} theirs`),
  'the table is deleted': () => nft(`delete table ${table}`),
};

await t.test('the next reading has what was changed', async (t) => {
  for (const [what, change] of Object.entries(changes)) {
    const before = await readTwice();
    t.ok(before.remembered, `${what}: it was remembered before`);
    await change();
    const after = await read();
    t.strictSame(after.found, after.listed, what);
    const later = await readTwice();
    t.strictSame(later.found, later.listed, `${what}, read again`);
    if (what === 'a device has another name') await ip('link', 'set', 'vnet9', 'name', 'vnet0');
    await putAnew();
    const mended = await read();
    t.strictSame(mended.found, mended.listed, `${what}, and it is mended`);
    t.strictSame(await wrongGuards(guards, mended.found), new Map());
  }
});

await t.test('what rules have counted is never remembered', async (t) => {
  // the kernel itself is to send nothing
  writeFileSync('/proc/sys/net/ipv6/conf/default/disable_ipv6', '1');
  await ip('link', 'add', 'vnet2', 'type', 'veth', 'peer', 'name', 'guest');
  for (const link of ['vnet2', 'guest']) await ip('link', 'set', link, 'up');
  await ip('address', 'add', '10.9.0.1/24', 'dev', 'guest');
  await ip('neighbour', 'add', '10.9.0.2', 'lladdr', '52:54:00:00:00:99', 'dev', 'guest');
  await putGuard(
    guardFor({ port: 'vnet2', mac: '52:54:00:00:00:09', filters: ['vdsm-no-mac-spoofing'], parameters: [] }),
  );
  const dropped = (found: Map<string, FoundGuard>): number =>
    (found.get('vnet2')?.rules ?? []).reduce(
      (sum, rule) => sum + (rule.class === 'mac' ? (rule.packets ?? 0) : 0),
      0,
    );
  const socket = createSocket('udp4');
  const send = promisify<string, number, string>(socket.send.bind(socket));
  for (let sent = 0; sent < 50; sent += 10) {
    const { remembered, found, listed } = await readTwice();
    t.ok(remembered);
    t.equal(dropped(found), sent);
    t.strictSame(found, listed);
    for (let i = 0; i < 10; i++) await send('forged', 9, '10.9.0.2');
  }
  socket.close();
});

await t.test('while rules change all the time each reading is one that was there', async (t) => {
  const ended = new AbortController();
  const churn = (async () => {
    while (!ended.signal.aborted) {
      await removeGuard('vnet1');
      if (second) await putGuard(second);
    }
  })();
  for (let i = 0; i < 100; i++) {
    const found = foundGuards(await readGuardTable());
    t.strictSame(await wrongGuards(guards.slice(0, 1), found), new Map());
  }
  ended.abort();
  await churn;
  const { found, listed } = await read();
  t.strictSame(found, listed);
});

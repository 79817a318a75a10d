import t from 'tap';
import { sourceMac } from '../hosts/index.js';
import { attacker, castOf, victim } from './cast.js';
import type { FilterUnderAttack } from './filters.js';
import { dropsOf, putGuards, withGuard } from './guarded.js';
import type { Row } from './row.js';
import { allRows } from './rows.js';
import { sendRows } from './run.js';
import { Stage } from './stage.js';

const isAttack = ({ class: kind }: Row): boolean => kind !== 'honest' && kind !== 'uncommon';
/** That of somebody else in the Ethernet header, ARP or RARP, however wrapped, or in what the bridge alone sees. */
const forgesMac = ({ name, class: kind }: Row): boolean => kind === 'mac' || name.startsWith('bridge-forged');
const about = (protocols: RegExp) => (row: Row) =>
  forgesMac(row) || ((row.class === 'ip' || row.class === 'nd') && protocols.test(row.name));
const serves = (row: Row): boolean => forgesMac(row) || row.class === 'dhcp' || row.class === 'router';

/** What a guard has to stop, with the filter's rules behind it or by itself. */
const lanes: [filter: string, how: 'alone' | 'besides', stops: (row: Row) => boolean][] = [
  ['vdsm-no-mac-spoofing', 'besides', forgesMac],
  ['vdsm-no-mac-spoofing', 'alone', forgesMac],
  ['virtwarden-strict', 'besides', isAttack],
  ['virtwarden-strict', 'alone', isAttack],
  ['virtwarden-strict-ipv4', 'alone', isAttack],
  ['virtwarden-strict-ipv6', 'alone', isAttack],
  ['virtwarden-strict-mac', 'alone', forgesMac],
  ['virtwarden-own-ipv4', 'alone', about(/^(arp|ipv4)/)],
  ['virtwarden-own-ipv6', 'alone', about(/^(nd|ipv6)/)],
  ['virtwarden-no-server-roles', 'alone', serves],
  ['clean-traffic', 'alone', about(/^(arp|ipv4)/)],
];
/** libvirt's own filter carries less than its guard lets through. */
const carried = ({ name, guardOf, carries }: FilterUnderAttack): FilterUnderAttack['carries'] =>
  guardOf === 'clean-traffic' && name === undefined ? ['ipv4', 'ipv6'] : carries;

const stage = await Stage.set(
  lanes.map(([filter, how]) => withGuard(filter, how)),
  allRows,
);
t.teardown(() => stage[Symbol.asyncDispose]());
await putGuards(stage);
const runs = await Promise.all(stage.lanes.map((lane) => sendRows(stage, lane, allRows)));

for (const [i, [filter, how, stops]] of lanes.entries()) {
  await t.test(`the guard of ${filter}, ${how === 'alone' ? 'alone' : 'beside its rules'}`, (t) => {
    const outcomes = runs[i];
    const families = carried(withGuard(filter, how));
    const names = (passes: boolean, which: (row: Row) => boolean) =>
      allRows
        .filter((row) => which(row) && outcomes?.get(row.name)?.passes === passes)
        .map(({ name }) => name);
    t.strictSame(names(true, stops), [], 'no attack');
    t.strictSame(
      names(false, (row) => row.class === 'honest' && (!row.family || families.includes(row.family))),
      [],
      'all that is honest',
    );
    const odd = [...(outcomes ?? [])].filter(
      ([, { passes, effect }]) => effect !== undefined && effect !== passes,
    );
    t.strictSame(odd, [], 'no effect of what did not come through');
    t.end();
  });
}

await t.test('the guard that looks at MAC addresses alone breaks nothing uncommon', (t) => {
  const at = lanes.findIndex(([filter, how]) => filter === 'vdsm-no-mac-spoofing' && how === 'besides');
  const uncommon = allRows.filter((row) => row.class === 'uncommon');
  t.strictSame(
    uncommon.filter((row) => !runs[at]?.get(row.name)?.passes),
    [],
  );
  t.end();
});

await t.test('a real kernel behind a strict filter and its guard says nothing that is dropped', async (t) => {
  const lane = stage.lanes.find(({ filter }) => filter.name === 'virtwarden-strict');
  if (!lane) throw new Error('there is no strict lane');
  const { ifname, number } = lane;
  const { mac, ip, ip6 } = attacker(number);
  const before = await dropsOf(stage, lane);
  // asks whether the address is free first, as every Linux does
  await stage.guest.sh(
    `ip addr add ${ip}/16 dev ${ifname}; ip addr add ${ip6}/64 dev ${ifname}
    while ip addr show dev ${ifname} | grep -q tentative; do sleep 0.1; done`,
  );
  t.equal(await stage.guest.ping(victim.ip), 1);
  t.equal(await stage.guest.ping(victim.ip6, 1, 10), 1);
  t.strictSame(await dropsOf(stage, lane), before);
  const zero = Object.keys(before).filter((kind) => before[kind] === 0);
  t.strictSame(
    zero,
    ['snap'],
    'each class was counted but that of 802.3 frames, which are dropped by their type',
  );
  const forged = allRows
    .flatMap((row, i) => row.frames(castOf(number, i)))
    .filter((frame) => sourceMac(frame) !== mac);
  t.equal(before.mac, forged.length, 'each frame once');
});

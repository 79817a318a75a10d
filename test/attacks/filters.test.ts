import t from 'tap';
import { readCoverage } from '../../src/filtering/coverage.js';
import { attackAll, control, setStage } from './attack.js';
import { attacker, victim } from './cast.js';
import { filtersUnderAttack } from './filters.js';
import { coverageData } from './measured.js';
import { allRows } from './rows.js';

const stage = await setStage();
t.teardown(() => stage[Symbol.asyncDispose]());
const runs = await attackAll(stage);
const names = (rows: { name: string }[]) => rows.map(({ name }) => name);
/** The rows that came through a filter. */
const passing = (filter: string) => allRows.filter(({ name }) => runs.get(filter)?.get(name)?.passes);

await t.test('without a filter every row arrives: so its absence means something', (t) => {
  t.strictSame(names(passing(control)), names(allRows.filter((row) => row.kernelDrops === undefined)));
  t.end();
});

await t.test('what a row wants to achieve is there exactly when it came through', (t) => {
  for (const [filter, outcomes] of runs) {
    const odd = [...outcomes].filter(([, { passes, effect }]) => effect !== undefined && effect !== passes);
    t.strictSame(
      odd.map(([name]) => name),
      [],
      filter,
    );
  }
  t.end();
});

for (const { name, promises, carries } of filtersUnderAttack) {
  if (name === undefined) continue;
  await t.test(`${name} keeps its promises`, (t) => {
    const promised = allRows.filter(
      (row) => (promises as string[]).includes(row.class) && row.beyondNwfilter === undefined,
    );
    t.strictSame(names(promised.filter((row) => passing(name).includes(row))), [], 'no attack');
    const honest = allRows.filter(
      (row) => row.class === 'honest' && (row.family === undefined || carries.includes(row.family)),
    );
    t.strictSame(names(honest.filter((row) => !passing(name).includes(row))), [], 'all that is honest');
    t.end();
  });
}

await t.test('what is said to be beyond libvirt’s language does come through the strictest filter', (t) => {
  const beyond = allRows.filter((row) => row.beyondNwfilter !== undefined);
  const passes = passing('virtwarden-strict');
  t.strictSame(names(beyond.filter((row) => !passes.includes(row))), []);
  t.end();
});

await t.test('filters/coverage.json says what was measured (`npm run coverage` writes it)', (t) => {
  t.strictSame(
    coverageData(allRows, new Map([...runs].filter(([filter]) => filter !== control))),
    readCoverage(),
  );
  t.end();
});

await t.test(
  'a real kernel behind a strict filter speaks IPv4 and IPv6, and takes nobody’s address',
  async (t) => {
    for (const { filter, number, ifname } of stage.lanes) {
      if (!filter.name?.startsWith('virtwarden-strict')) continue;
      const own = attacker(number);
      const reaches = async (address: string, target: string, patience = 3) => {
        await stage.guest.sh(
          `echo 0 >/proc/sys/net/ipv6/conf/${ifname}/accept_dad; ip addr add ${address} dev ${ifname}`,
        );
        const answers = await stage.guest.ping(target, 1, patience);
        await stage.guest.sh(`ip addr del ${address} dev ${ifname}`);
        return answers === 1;
      };
      t.equal(
        await reaches(`${own.ip}/16`, victim.ip),
        filter.carries.includes('ipv4'),
        `${filter.name}, IPv4`,
      );
      t.equal(
        await reaches(`${own.ip6}/64`, victim.ip6),
        filter.carries.includes('ipv6'),
        `${filter.name}, IPv6`,
      );
      if (filter.wants.length === 0) continue;
      t.notOk(await reaches('10.66.99.9/16', victim.ip, 1), `${filter.name}, a foreign IPv4 address`);
      t.notOk(await reaches('fd66::99:9/64', victim.ip6, 1), `${filter.name}, a foreign IPv6 address`);
    }
  },
);

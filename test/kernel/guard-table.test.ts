import { readFileSync } from 'node:fs';
import t from 'tap';
import { forgetListing, readGuardTable } from '../../src/kernel/guard-table.js';
import { fakeTables, type FakeMessage } from '../helpers/fake-netlink.js';
import { fakeTools } from '../helpers/fake-tools.js';

const table = 'virtwarden_guard';
/** The table itself, no chains and sets, and a rule. */
const whole = (of: Partial<FakeMessage> = {}, rule: Partial<FakeMessage> = {}): FakeMessage[][] => [
  [{ table, ...of }],
  [],
  [],
  [{ table, ...rule }],
];

t.beforeEach(forgetListing);

await t.test('what the kernel says in parts of two states is not taken for what was listed', async (t) => {
  fakeTools(t, { nft: `echo asked >>${t.testdirName}/asked; echo 'table netdev ${table} {'; echo '}'` });
  const asked = (): number => readFileSync(`${t.testdirName}/asked`, 'utf8').split('\n').length - 1;
  fakeTables(t, whole());
  const { listed } = await readGuardTable();
  t.equal((await readGuardTable()).listed, listed, 'in one state it is');
  t.equal(asked(), 1);
  fakeTables(t, whole({ generation: 1 }, { generation: 2 }));
  t.not((await readGuardTable()).listed, listed);
  t.equal(asked(), 2);
});

await t.test(
  'a listing that says otherwise than the kernel whether the table is off is not kept',
  async (t) => {
    const lists = (flags: string): string =>
      fakeTools(t, { nft: `echo 'table netdev ${table} {'; ${flags} echo '}'` });
    fakeTables(t, whole({ dormant: true }));
    lists('');
    t.notMatch((await readGuardTable()).listed.text, 'dormant');
    lists("echo '\tflags dormant';");
    const { listed } = await readGuardTable();
    t.match(listed.text, 'dormant');
    t.equal((await readGuardTable()).listed, listed, 'one that says the same is');
  },
);

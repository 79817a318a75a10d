import t from 'tap';
import { readTables } from '../../src/kernel/nf-tables.js';
import { fakeNetlink, fakeTables } from '../helpers/fake-netlink.js';

await t.test('a table with a name that would be more than a name to nft is told of', async (t) => {
  for (const name of ['my table', 'x; delete table netdev virtwarden_guard', 'a"b', '', '-f']) {
    fakeTables(t, [[{ table: 'theirs' }, { table: name }]]);
    await t.rejects(readTables(), {
      type: 'kernel-unreadable',
      message: `nft cannot be asked for the table ${JSON.stringify(name)}`,
    });
  }
  fakeTables(t, [[{ table: 'virtwarden_closed_a-b.1' }, { table: 'f2b-table' }]]);
  t.strictSame([...(await readTables()).keys()], ['netdev virtwarden_closed_a-b.1', 'netdev f2b-table']);
});

await t.test('where the kernel refuses, what it lacks is said', async (t) => {
  const refusals: [string, RegExp][] = [
    ['EPERM', /CAP_NET_ADMIN/],
    ['EINVAL', /no nftables/],
    ['EAGAIN', /has: netlink/],
  ];
  for (const [code, message] of refusals) {
    fakeNetlink(t, Object.assign(new Error('netlink: no'), { code }));
    await t.rejects(readTables(), { type: 'kernel-unreadable', message });
  }
});

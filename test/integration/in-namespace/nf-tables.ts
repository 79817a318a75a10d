import { spawn } from 'node:child_process';
import { once } from 'node:events';
import t from 'tap';
import { readKernel } from '../../../src/kernel/snapshot.js';
import { readTables } from '../../../src/kernel/nf-tables.js';
import { nft } from './nft.js';

/** A table that its owner's end takes away. */
async function ownedBy(table: string): Promise<void> {
  const owner = spawn('nft', ['-i'], { stdio: ['pipe', 'pipe', 'ignore'] });
  t.teardown(async () => {
    owner.stdin.end();
    await once(owner, 'exit');
  });
  const seen = once(owner.stdout, 'data');
  owner.stdin.write(`add table ${table} { flags owner; }\nlist table ${table}\n`);
  await seen;
}

await t.test('without any there is none', async (t) => {
  t.strictSame(await readTables(), new Map());
});

await t.test(
  'each table is named, and whether it is switched off is said, whatever flags it has',
  async (t) => {
    await nft(
      'add table bridge off { flags dormant; }; add table bridge on; add table netdev empty; add table inet both; add table arp a; add table ip6 six',
    );
    await ownedBy('ip of-somebody');
    const on = ['arp a', 'bridge on', 'inet both', 'ip of-somebody', 'ip6 six', 'netdev empty'];
    t.strictSame(
      new Map([...(await readTables())].sort()),
      new Map(
        [
          ...on.map((name): [string, object] => [name, { dormant: false }]),
          ['bridge off', { dormant: true }] as const,
        ].sort(),
      ),
    );
    await nft('add table bridge off; add table bridge on { flags dormant; }');
    const again = await readTables();
    t.strictSame([again.get('bridge off'), again.get('bridge on')], [{ dormant: false }, { dormant: true }]);
  },
);

await t.test('while tables come and go, those that stay are all told', async (t) => {
  const ended = new AbortController();
  const churn = (async () => {
    while (!ended.signal.aborted)
      await nft('add table ip coming; delete table ip coming; add table ip coming');
  })();
  for (let i = 0; i < 200; i++) t.ok((await readTables()).has('bridge on'));
  ended.abort();
  await churn;
});

await t.test('that a table of libvirt’s is switched off is told of', async (t) => {
  await nft('add table bridge nat; add table ip filter');
  t.strictSame((await readKernel()).dormant, []);
  await nft('add table bridge nat { flags dormant; }');
  t.strictSame((await readKernel()).dormant, ['ebtables']);
  await nft('add table bridge nat; add table ip filter { flags dormant; }');
  t.strictSame((await readKernel()).dormant, ['iptables']);
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import t from 'tap';
import { flagsOf, isDormant, readTables, tablesCommand } from '../../src/kernel/nft-tables.js';
import { listEach } from '../../src/kernel/tool.js';
import { GuardHost } from './guard-host.js';

const host = await GuardHost.start(t);
const switchedOn = ['bridge on', 'ip of-somebody', 'netdev empty'];

/** A table that its owner's end takes away: nft then writes flags. */
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

await host.nft(
  'add table bridge off { flags dormant; }; add table bridge on; add table netdev empty; add set bridge on s { type ether_addr; elements = { 52:54:00:00:00:01 }; }\n',
);
await ownedBy('ip of-somebody');

await t.test(
  'each table is named, and whether it is switched off is said, whatever flags others have',
  async (t) => {
    const [listed] = listEach(tablesCommand);
    const tables = readTables(await listed);
    t.strictSame([...tables].sort(), ['bridge off', ...switchedOn]);
    const flags = listEach(...[...tables].map(flagsOf));
    for (const [i, table] of [...tables].entries()) {
      t.equal(await isDormant(table, (await flags[i]) ?? ''), table === 'bridge off', table);
      t.equal(await isDormant(table, ''), table === 'bridge off', `${table}, listed by itself`);
    }
  },
);

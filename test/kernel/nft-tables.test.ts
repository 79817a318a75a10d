import { chmodSync } from 'node:fs';
import t from 'tap';
import { readTables } from '../../src/kernel/nft-tables.js';

const info = '{"metainfo": {"version": "1.0.6", "json_schema_version": 1}}';
const table = (family: string, name: string, flags = '') =>
  `{"table": {"family": "${family}", "name": "${name}", "handle": 3${flags}}}`;
const listed = (...tables: string[]) => `{"nftables": [${[info, ...tables].join(', ')}]}\n`;

/** Those that are switched off. */
async function off(text: string): Promise<string[]> {
  const tables = await readTables(text);
  return [...tables].flatMap(([name, { dormant }]) => (dormant ? name : []));
}

await t.test('a table with flags is one that is switched off, whatever nft says they are', async (t) => {
  t.strictSame(await off(listed(table('bridge', 'nat'), table('ip', 'filter'))), []);
  for (const flags of ['"filter"', '"\u0001$"', '["dormant"]']) {
    const text = listed(table('bridge', 'nat', `, "flags": ${flags}`), table('ip', 'filter'));
    t.strictSame(await off(text), ['bridge nat'], flags);
    t.ok((await readTables(text)).has('ip filter'));
  }
});

await t.test('of a list that stops in the middle nothing is believed: each table is listed', async (t) => {
  const directory = t.testdir({
    nft: `#!/bin/sh\ncase "$*" in *'bridge nat') printf 'table bridge nat {\\n\\tflags dormant\\n}\\n';; *'ip filter') echo 'table ip filter {';; *) printf 'table bridge nat\\ntable ip filter\\n';; esac\n`,
  });
  chmodSync(`${directory}/nft`, 0o755);
  const { PATH = '' } = process.env;
  t.teardown(() => {
    process.env.PATH = PATH;
  });
  process.env.PATH = `${directory}:${PATH}`;
  const text = `{"nftables": [${info}, ${table('ip', 'a')}, `;
  t.strictSame(await off(text), ['bridge nat']);
  t.strictSame([...(await readTables(text)).keys()], ['bridge nat', 'ip filter']);
});

await t.test('what is no list at all is not taken for “no tables”', async (t) => {
  await t.rejects(readTables(''), { type: 'kernel-unreadable', message: /does not list/ });
});

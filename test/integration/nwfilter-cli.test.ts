import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { readShippedFilters } from '../../src/filtering/shipped.js';
import { startHost } from '../hosts/index.js';

const entry = new URL('../../dist/cli/index.js', import.meta.url).pathname;
const host = await startHost();
t.teardown(() => host.stop());

const shipped = 'vdsm-no-mac-spoofing';
const uuidOf = async (name: string) =>
  /<uuid>(.*)<\/uuid>/.exec(await host.virsh('nwfilter-dumpxml', name))?.[1];

/** Runs the command inside the host; no service runs there. */
async function nwfilter(...args: string[]) {
  const env = { VIRTWARDEN_STATE_DIR: join(host.dir, 'state') };
  const script = 'node=$1; shift; "$node" "$@" 2>&1; echo "exit $?"';
  const said = await host.run('sh', ['-c', script, 'sh', process.execPath, entry, 'nwfilter', ...args], {
    env,
  });
  const [, output, code] = /^([^]*)exit (\d+)\n$/.exec(said) ?? [];
  return { output, code };
}

await t.test('the shipped filters are defined, and told apart from what they should be', async (t) => {
  const all = readShippedFilters().map(({ name }) => name);
  const lines = (result: string) => all.map((name) => `${name}=${result}\n`).join('');
  t.strictSame(await nwfilter('define', '--check'), { output: lines('missing'), code: '1' });
  t.strictSame(await nwfilter('define'), { output: lines('defined'), code: '0' });
  t.strictSame(await nwfilter('define', shipped), { output: `${shipped}=unchanged\n`, code: '0' });
  t.strictSame(await nwfilter('define', '--check', '--json', shipped), {
    output: `{\n  "${shipped}": "same"\n}\n`,
    code: '0',
  });

  const uuid = await uuidOf(shipped);
  await host.virshXml(`<filter name='${shipped}'><uuid>${uuid}</uuid></filter>`, 'nwfilter-define', '@');
  const withOne = (all: string, one: string) => lines(all).replace(`${shipped}=${all}`, `${shipped}=${one}`);
  t.strictSame(await nwfilter('define', '--check'), { output: withOne('same', 'differs'), code: '1' });
  t.strictSame(await nwfilter('define'), { output: withOne('unchanged', 'updated'), code: '0' });
  t.equal(await uuidOf(shipped), uuid);
});

await t.test('a filter of a file; one that is wrong changes nothing', async (t) => {
  const file = join(host.dir, 'mine.xml');
  const rule = (match: string) =>
    `<filter name='mine'><rule action='drop' direction='out'>${match}</rule></filter>`;
  await writeFile(file, rule("<mac protocolid='0x88b5'/>"));
  t.strictSame(await nwfilter('define', '--check', file), { output: 'mine=missing\n', code: '1' });
  t.strictSame(await nwfilter('define', file), { output: 'mine=defined\n', code: '0' });
  const before = await host.virsh('nwfilter-dumpxml', 'mine');
  for (const [xml, says] of [
    [rule("<mac protocolidd='0x88b5'/>"), /mac\/@protocolidd is no attribute of mac/],
    ["<filter name='mine'><filterref filter='missing'/></filter>", /does not have: missing/],
    ['<filter', /not well formed/],
  ] as const) {
    await writeFile(file, xml);
    t.match(await nwfilter('define', file), { output: says, code: '2' });
  }
  t.equal(await host.virsh('nwfilter-dumpxml', 'mine'), before);
});

await t.test('wrong use, and no libvirt', async (t) => {
  t.match(await nwfilter('show'), { output: /wants define/, code: '2' });
  t.match(await nwfilter('define', 'missing'), {
    output: /no shipped filter and no file missing/,
    code: '2',
  });
  const away = 'qemu+unix:///system?socket=/nonexistent';
  t.match(await nwfilter('define', '--uri', away), { output: /cannot be reached/, code: '3' });
});

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { startHost } from '../hosts/index.js';
import { Service } from './service.js';

const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
const walk = readme.slice(readme.indexOf('## A walk with curl'), readme.indexOf('## Settings'));
const monitoring = readme.slice(readme.indexOf('## Monitoring'), readme.indexOf('## Sent twice'));
const commands = [...`${walk}${monitoring}`.matchAll(/```sh\n([^]*?)```/g)].map(([, block]) => block);

await t.test("the README's walk does what it says, as it is written", async (t) => {
  await using host = await startHost({ bridges: [] });
  const env = { VIRTWARDEN_STATE_DIR: join(host.dir, 'state') };
  await using service = await Service.start(host, { env: { VIRTWARDEN_LISTEN: '127.0.0.1:7480' } });

  t.ok(commands.length >= 5);
  const output = await host.run('bash', ['-euo', 'pipefail', '-c', commands.join('\n')], { env });
  t.match(output, /"name":"web1","state":"running"/);
  t.match(output, /"filters":\["vdsm-no-mac-spoofing"\]/);
  t.match(output, /<filterref filter='vdsm-no-mac-spoofing'\/>/);
  t.match(output, /-s 52:54:00:..:..:.. -j RETURN\s+-j DROP/);
  t.match(output, /"status":"enforced".*"findings":\[\]/);
  t.match(output, /"state":"shutoff"/);
  t.match(output, /^virtwarden_ready 1$/m);
  t.strictSame(await host.leftovers(), { chains: [], jumps: [], bindings: [], taps: [] });
  t.equal((await host.virsh('list', '--all', '--name')).trim(), '');
  t.match(await service.stop(), { code: 0 });
});

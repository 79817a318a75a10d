import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { Schemas } from '../../src/client/index.js';
import { guestImage, startHost } from '../hosts/index.js';
import { commandsOn } from './commands.js';
import { Service } from './service.js';

const host = await startHost();
t.teardown(() => host.stop());
const service = await Service.start(host);
t.teardown(() => service[Symbol.asyncDispose]());
const virtwarden = commandsOn(host);

await t.test('a VM from its making to its end, by commands alone', async (t) => {
  const { kernel, initrd, cmdline } = await guestImage();
  const file = join(host.dir, 'vm.json');
  writeFileSync(file, JSON.stringify({ memoryMiB: 96, boot: { kernel, initrd, cmdline } }));
  t.match(await virtwarden('vm', 'create', 'web1', '--file', file, '--bridge', 'br0', '--start'), {
    code: 0,
    stdout: 'web1 running\n',
  });
  const [first] = JSON.parse((await virtwarden('nic', 'list', 'web1', '--json')).stdout) as Schemas['Nic'][];
  const plugged = await virtwarden('nic', 'plug', 'web1', '--bridge', 'br0');
  t.match(plugged, {
    code: 0,
    stdout: /^[0-9a-f:]{17} {2}bridge br0 {2}vnet1 {2}up {2}vdsm-no-mac-spoofing /,
  });
  const mac = plugged.stdout.slice(0, 17);
  for (const one of [first?.mac ?? '', mac])
    t.match(await virtwarden('nic', 'enforcement', 'web1', one), {
      code: 0,
      stdout: new RegExp(`^web1 ${one} \\(vnet.\\): enforced\n  \\d+ rules, `),
    });

  t.match(
    await virtwarden('nic', 'update', 'web1', mac, '--filter', 'clean-traffic', '--parameter', 'IP=10.0.0.2'),
    {
      code: 0,
      stdout: / clean-traffic /,
    },
  );
  await host.run('ebtables', ['-t', 'nat', '-F', 'I-vnet1-mac']);
  t.match(await virtwarden('nic', 'enforcement', 'web1', mac, '--repair'), {
    code: 0,
    stdout: /: enforced\n/,
  });
  t.match(await virtwarden('nic', 'unplug', 'web1', mac, '--wait'), {
    code: 0,
    stdout: /^nic\.unplug succeeded/,
  });

  t.match(await virtwarden('vm', 'suspend', 'web1'), { code: 0, stdout: 'web1 paused\n' });
  t.match(await virtwarden('vm', 'resume', 'web1'), { code: 0, stdout: 'web1 running\n' });
  t.match(await virtwarden('vm', 'delete', 'web1'), { code: 2, stderr: /web1/ });
  t.match(await virtwarden('vm', 'stop', 'web1'), { code: 0, stdout: 'web1 shutoff\n' });
  t.match(await virtwarden('vm', 'delete', 'web1'), { code: 0 });
  t.strictSame(await host.leftovers(), { chains: [], jumps: [], bindings: [], taps: [] });
});

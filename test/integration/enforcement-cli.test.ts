import t from 'tap';
import type { HostEnforcement } from '../../src/schemas/enforcement.js';
import { startHost } from '../hosts/index.js';
import { commandsOn } from './commands.js';
import { onBridge, Service } from './service.js';

const host = await startHost();
t.teardown(() => host.stop());

const command = commandsOn(host);
const enforcement = (...args: string[]) => command('enforcement', ...args);

await t.test('what is not in the kernel is shown, and put right when asked', async (t) => {
  await using service = await Service.start(host);
  await service.request('PATCH', '/v1/config', { reconcile: 'report' });
  const { body } = await service.create('vm', [onBridge()]);
  const tap = body.nics[0]?.target ?? '';
  t.match(await enforcement(), { code: 0, stdout: /^enforced=1$/m });

  await host.run('ebtables', ['-t', 'nat', '-D', `I-${tap}-mac`, '-j', 'DROP']);
  t.match(await enforcement(), {
    code: 1,
    stdout: new RegExp(`^drifted=1\n.*\\(${tap}\\): drifted\n  chain-differs: .*To mend it: repair`),
  });
  const { code, stdout } = await enforcement('--json');
  t.equal(code, 1);
  t.match(JSON.parse(stdout) as HostEnforcement, { counts: { drifted: 1 }, nics: [{ port: tap }] });

  t.match(await enforcement('--repair'), { code: 0, stdout: /^enforced=1$/m });
  t.match(await enforcement('--repair', 'vm'), { code: 2, stderr: /takes --repair/ });
});

await t.test('without the service nobody can tell', async (t) => {
  t.match(await enforcement(), { code: 3, stderr: /No service runs/ });
});

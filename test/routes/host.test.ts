import { release } from 'node:os';
import t from 'tap';
import type { Host } from '../../src/schemas/host.js';
import { ask, connectedApp, deadUri, testApp } from '../helpers/app.js';

await t.test('the host, with what libvirt says of it', async (t) => {
  const app = await connectedApp(t);
  const response = await ask(app, { url: '/v1/host' });
  t.equal(response.statusCode, 200);
  t.match(response.json<Host>(), {
    name: /./,
    connection: { uri: 'test:///default', state: 'connected' },
    versions: { virtwarden: /^\d+\.\d+\.\d+$/, kernel: release(), libvirt: /^\d+\.\d+\.\d+$/ },
    driver: 'TEST',
    virtTypes: ['test'],
    lacks: Array,
  });
});

await t.test('while libvirt is away, what is known without it, and why it is away', async (t) => {
  const app = await testApp(t, { uri: deadUri });
  const host = async () => (await ask(app, { url: '/v1/host' })).json<Host>();
  while ((await host()).connection.failure === undefined);
  const { connection, versions, ...more } = await host();
  t.match(connection, { uri: deadUri, state: 'disconnected', failure: /nonexistent/ });
  t.strictSame(Object.keys(versions), ['virtwarden', 'kernel']);
  t.notOk('driver' in more);
});

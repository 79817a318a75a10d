import t from 'tap';
import { TokenStore } from '../../src/state/tokens.js';
import { ask, storedToken, testApp, token } from '../helpers/app.js';

await t.test('who asks is told who they are, and what they may do', async (t) => {
  const tokens = TokenStore.inMemory([
    storedToken(token),
    storedToken('ops', { name: 'ops', role: 'operator' }),
    storedToken('trusted', { name: 'trusted', role: 'operator', trust: true }),
  ]);
  const app = await testApp(t, { tokens });
  const said = async (as: string) =>
    JSON.parse(
      (await ask(app, { url: '/v1/whoami', headers: { authorization: `Bearer ${as}` } })).body,
    ) as unknown;
  t.strictSame(
    await said(token),
    { name: 'tester', role: 'admin', trust: true, via: 'token' },
    'an admin may trust',
  );
  t.strictSame(await said('ops'), { name: 'ops', role: 'operator', trust: false, via: 'token' });
  t.strictSame(await said('trusted'), { name: 'trusted', role: 'operator', trust: true, via: 'token' });
});

import t from 'tap';
import { installation } from './installation.js';

await t.test('health is whether the service answers', async (t) => {
  const { run, serve } = installation(t);
  t.match(await run(['health']), { code: 3, stderr: /Nobody listens on unix:/ });
  await serve();
  t.strictSame(await run(['health']), { code: 0, stdout: 'status=ok\n', stderr: '' });
  t.match(await run(['health', 'x']), { code: 2, stderr: /health wants nothing more/ });
});

import { once } from 'node:events';
import { createServer } from 'node:http';
import t from 'tap';
import { installation } from './installation.js';

await t.test('health is whether the service answers', async (t) => {
  const { run, serve } = installation(t);
  t.match(await run(['health']), { code: 3, stderr: /Nobody listens on unix:/ });
  await serve();
  t.strictSame(await run(['health']), { code: 0, stdout: 'status=ok\n', stderr: '' });
  t.match(await run(['health', 'x']), { code: 2, stderr: /health wants nothing more/ });
});

await t.test('what answers otherwise is not the service, and not well', async (t) => {
  const { directory, run } = installation(t);
  const answers = [
    ['application/json', '{}'],
    ['text/html', '<p>Welcome'],
  ] as const;
  for (const [type, body] of answers) {
    const server = createServer((_request, response) => {
      response.setHeader('content-type', type).end(body);
    });
    server.listen(`${directory}/sock`);
    await once(server, 'listening');
    t.match(await run(['health']), { code: 3, stderr: /does not answer as virtwarden does/ }, type);
    server.close();
    await once(server, 'close');
  }
});

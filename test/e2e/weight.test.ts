import t from 'tap';
import { Stage } from './stage.js';

const stage = await Stage.start();
t.teardown(() => stage[Symbol.asyncDispose]());

interface Loaded {
  name: string;
  encodedBodySize: number;
}

await t.test('the page weighs at most 200 kB as it is sent, and nothing comes from elsewhere', async (t) => {
  const page = await stage.signedIn();
  await page.getByRole('heading', { name: 'At a glance' }).waitFor();
  const loaded = await page.evaluate<Loaded[]>(
    "[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')].map(({name, encodedBodySize}) => ({name, encodedBodySize}))",
  );
  t.strictSame(
    loaded.filter(({ name }) => !name.startsWith(`${stage.relay.url}/`)),
    [],
  );
  const files = loaded.filter(({ name }) => !name.includes('/v1/'));
  t.ok(files.some(({ name }) => name.endsWith('.js')));
  const bytes = files.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0);
  t.ok(bytes > 0 && bytes <= 200_000, `${bytes} bytes`);
  t.strictSame(stage.browser.errors, [], 'and all of it is what the content security policy lets in');
});

import { readFileSync } from 'node:fs';
import t from 'tap';
import { clientSchema } from '../scripts/lib/client-schema.js';
import { openapiDocument } from '../src/openapi.js';

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
const checkedIn = read('openapi/openapi.json');

await t.test('the document that is checked in is that of the routes', async (t) => {
  t.strictSame(JSON.parse(checkedIn), JSON.parse(await openapiDocument()), 'run: npm run openapi');
  t.equal(checkedIn, await openapiDocument(), 'to the letter');
});

await t.test("the client's types are those of the document", async (t) => {
  t.equal(read('src/client/schema.ts'), await clientSchema(checkedIn), 'run: npm run openapi');
});

await t.test('it says which version it is of, and how to get in', (t) => {
  t.match(JSON.parse(checkedIn), {
    openapi: '3.1.0',
    security: [{ token: [] }],
    components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
  });
  t.end();
});

import { readFileSync } from 'node:fs';
import t from 'tap';
import { openapiDocument } from '../src/openapi.js';

const checkedIn = readFileSync(new URL('../openapi/openapi.json', import.meta.url), 'utf8');

await t.test('the document that is checked in is that of the routes', async (t) => {
  t.strictSame(JSON.parse(checkedIn), JSON.parse(await openapiDocument()), 'run: npm run openapi');
  t.equal(checkedIn, await openapiDocument(), 'to the letter');
});

await t.test('it says which version it is of, and how to get in', (t) => {
  t.match(JSON.parse(checkedIn), {
    openapi: '3.1.0',
    security: [{ token: [] }],
    components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
  });
  t.end();
});

import { writeFileSync } from 'node:fs';
import { openapiDocument } from '../src/openapi.js';
import { clientSchema } from './lib/client-schema.js';

const write = (path: string, text: string) => writeFileSync(new URL(`../${path}`, import.meta.url), text);

// Writes the OpenAPI document and the client's types; a unit test fails when those that are checked in are stale.
const document = await openapiDocument();
write('openapi/openapi.json', document);
write('src/client/schema.ts', await clientSchema(document));

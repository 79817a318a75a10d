import { writeFileSync } from 'node:fs';
import { openapiDocument } from '../src/openapi.js';

// Writes the OpenAPI document; a unit test fails when the one that is checked in is stale.
writeFileSync(new URL('../openapi/openapi.json', import.meta.url), await openapiDocument());

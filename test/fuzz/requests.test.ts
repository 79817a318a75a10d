import { readFileSync } from 'node:fs';
import t from 'tap';
import type { OpenApi } from './document.js';
import { Requests } from './requests/index.js';
import { kinds, toBytes } from './requests/message.js';
import { Schemas } from './schemas.js';
import { invalidity } from './validity.js';

const path = new URL('../../openapi/openapi.json', import.meta.url);
const document = JSON.parse(readFileSync(path, 'utf8')) as OpenApi;
const schemas = new Schemas(document);
const count = 3000;
const bytes = (seed: number, index: number): string =>
  toBytes(new Requests(document, seed).at(index), (text) => text).toString('latin1');
const requests = new Requests(document, 1);
const all = Array.from({ length: count }, (_none, i) => requests.at(i));

await t.test('a request is the same for the same seed and number, and another for another', (t) => {
  t.equal(bytes(5, 77), bytes(5, 77));
  t.not(bytes(5, 77), bytes(6, 77));
  t.not(bytes(5, 77), bytes(5, 78));
  t.end();
});

await t.test('every operation of the document is asked for, in every manner that it can be', (t) => {
  const asked = new Set(all.map(({ kind, operation }) => `${kind} ${operation?.operationId ?? ''}`));
  for (const { get } of Object.values(document.paths))
    if (get) t.ok(asked.has(`valid ${get.operationId}`), get.operationId);
  for (const kind of kinds)
    t.ok(
      all.some((message) => message.kind === kind),
      kind,
    );
  t.end();
});

await t.test('what is called valid is valid by the document', (t) => {
  for (const message of all.filter(({ kind }) => kind === 'valid')) {
    const wrong = invalidity(schemas, message);
    if (wrong !== undefined) t.fail(`${message.method} ${message.target}: ${wrong} ${String(message.body)}`);
  }
  t.pass('all of them');
  t.end();
});

await t.test('most of what is nearly valid is not', (t) => {
  const nearly = all.filter(({ kind }) => kind === 'nearly');
  const wrong = nearly.filter((message) => invalidity(schemas, message) !== undefined);
  t.ok(wrong.length > nearly.length / 2, `${wrong.length} of ${nearly.length}`);
  t.end();
});

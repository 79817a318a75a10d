import { readFileSync } from 'node:fs';
import t from 'tap';
import { answersIn } from './answers.js';
import { faultsOf } from './check.js';
import { type OpenApi, operationsOf } from './document.js';
import { secret } from './names.js';
import type { Message } from './requests/message.js';
import { Schemas } from './schemas.js';

const path = new URL('../../openapi/openapi.json', import.meta.url);
const document = JSON.parse(readFileSync(path, 'utf8')) as OpenApi;
const schemas = new Schemas(document);
const operation = operationsOf(document).find(({ operationId }) => operationId === 'listTokens');

const message = (more: Partial<Message> = {}): Message => ({
  ...{ kind: 'valid', caller: 'admin', method: 'GET', target: '/v1/tokens', headers: [] },
  ...(operation && { operation }),
  ...more,
});
const problem = (status: number) =>
  JSON.stringify({ type: '/problems/x', title: 'x', status, detail: 'x', instance: 'x' });
function faults(status: number, type: string, body: string, asked = message()): string[] {
  const head = `HTTP/1.1 ${status} X\r\nContent-Type: ${type}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n`;
  return answersIn(Buffer.from(head + body)).flatMap((answer) => faultsOf(schemas, asked, answer));
}
const problemJson = 'application/problem+json';

await t.test('an answer as the document has it has no fault', (t) => {
  t.strictSame(faults(200, 'application/json; charset=utf-8', '{"items":[]}'), []);
  t.strictSame(faults(403, problemJson, problem(403)), []);
  t.end();
});

const wrong: [what: string, found: string[], says: RegExp][] = [
  ['another body', faults(200, 'application/json', '{"items":1}'), /not as the document has it/],
  ['no JSON', faults(200, 'application/json', '{'), /not JSON/],
  ['another media type', faults(200, 'text/html', '<p>'), /answered as "text\/html"/],
  ['a status that is not there', faults(418, problemJson, problem(418)), /has no 418/],
  ['an error that is no problem', faults(400, 'application/json', '{}'), /not as a problem/],
  ['a problem of another status', faults(400, problemJson, problem(404)), /says 404/],
  ['500', faults(500, problemJson, problem(500)), /answers 500/],
  ['the secret', faults(200, 'application/json', `{"items":[],"x":"${secret}"}`), /contains/],
];
for (const [what, found, says] of wrong) {
  await t.test(`a fault: ${what}`, (t) => {
    t.match(found.join('\n'), says);
    t.end();
  });
}

await t.test('a success of what is invalid is one', (t) => {
  const createToken = operationsOf(document).find(({ operationId }) => operationId === 'createToken');
  const body = Buffer.from('{"name":"x","role":"king"}');
  const asked = message({
    ...{ method: 'POST', headers: [['content-type', 'application/json']], body },
    ...(createToken && { operation: createToken }),
  });
  t.match(faults(201, 'application/json', '{}', asked).join('\n'), /invalid by the document: \/role/);
  t.end();
});

await t.test('answers are taken apart: one after another, in chunks, without a body', (t) => {
  const bytes =
    'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n' +
    'HTTP/1.1 204 No Content\r\nX-A: b\r\n\r\n';
  t.match(answersIn(Buffer.from(bytes)), [
    { status: 200, body: Buffer.from('abc') },
    { status: 204, headers: { 'x-a': 'b' } },
  ]);
  t.equal(answersIn(Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n'), true).length, 1);
  t.throws(() => answersIn(Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc')), /shorter/);
  t.end();
});

import { gzipSync } from 'node:zlib';
import fc, { type Arbitrary } from 'fast-check';

type Header = [name: string, value: string];

/** A body in another form than the headers say, or one that has no single meaning. */
export interface EncodedBody {
  body: Buffer;
  headers: Header[];
}

const json: Header = ['content-type', 'application/json'];
const as = (type: string): Header[] => [['content-type', type]];

const utf32 = (text: string): Buffer =>
  Buffer.concat(Array.from(text, (char) => Buffer.from([char.codePointAt(0) ?? 0, 0, 0, 0])));
const withBom = (text: string): Buffer => Buffer.from(`\ufeff${text}`);

/** The first member once more, before or behind the others. */
function repeated(text: string, where: 'before' | 'behind'): string {
  const [, name = 'name'] = /^\{"([^"]*)"/.exec(text) ?? [];
  const again = `"${name}":"second"`;
  const inner = text.slice(1, -1);
  return where === 'before' ? `{${again},${inner}}` : `{${inner},${again}}`;
}

const sameText = (text: string) => Buffer.from(text);
const forms: ((text: string) => EncodedBody)[] = [
  (text) => ({ body: sameText(repeated(text, 'before')), headers: [json] }),
  (text) => ({ body: sameText(repeated(text, 'behind')), headers: [json] }),
  (text) => ({ body: Buffer.from(text, 'utf16le'), headers: [json] }),
  (text) => ({
    body: Buffer.from(`\ufeff${text}`, 'utf16le'),
    headers: as('application/json; charset=utf-16'),
  }),
  (text) => ({ body: Buffer.from(text, 'utf16le').swap16(), headers: [json] }),
  (text) => ({ body: utf32(text), headers: as('application/json; charset=utf-32') }),
  (text) => ({ body: withBom(text), headers: [json] }),
  (text) => ({
    body: Buffer.concat([sameText(text.slice(0, -1)), Buffer.from([0xc3, 0x28, 0xff])]),
    headers: [json],
  }),
  (text) => ({ body: Buffer.from(text.replaceAll('e', '\u00e9'), 'latin1'), headers: [json] }),
  (text) => ({ body: Buffer.from(text.replaceAll('/', '\u00c0\u00af'), 'latin1'), headers: [json] }),
  (text) => ({ body: gzipSync(text), headers: [json, ['content-encoding', 'gzip']] }),
  (text) => ({ body: sameText(text), headers: [json, ['content-encoding', 'gzip']] }),
  (text) => ({
    body: gzipSync(Buffer.alloc(50_000_000)),
    headers: [json, ['content-encoding', `gzip${text.slice(0, 0)}`]],
  }),
  (text) => ({ body: sameText(text), headers: as('text/plain') }),
  (text) => ({ body: sameText(text), headers: as('application/xml') }),
  (text) => ({ body: sameText(text), headers: as('application/json; charset=\u00ff\u00fe') }),
  (text) => ({ body: sameText(text), headers: as('application/json;;;=') }),
  (text) => ({ body: sameText(text), headers: as('APPLICATION/JSON') }),
  (text) => ({ body: sameText(text), headers: as('multipart/form-data; boundary=x') }),
  (text) => ({ body: sameText(text), headers: as('__proto__/json') }),
  (text) => ({ body: sameText(text), headers: [json, ...as('application/xml')] }),
  (text) => ({ body: sameText(text), headers: [] }),
  (text) => ({ body: sameText(`${text}${text}`), headers: [json] }),
  (text) => ({ body: sameText(`/* */${text}`), headers: [json] }),
  (text) => ({ body: sameText(text.slice(0, -1)), headers: [json] }),
  (text) => ({ body: sameText(text.replaceAll('"', "'")), headers: [json] }),
  (text) => ({ body: sameText(text.replace(/:/, ':NaN,"x":')), headers: [json] }),
  (text) => ({ body: sameText(`${text}\u0000`), headers: [json] }),
  (text) => ({ body: sameText(`${' '.repeat(200_000)}${text}`), headers: [json] }),
  () => ({ body: Buffer.alloc(0), headers: [json] }),
  () => ({ body: Buffer.alloc(2000, 0xff), headers: [json] }),
];

export const encoded = (text: string): Arbitrary<EncodedBody> =>
  fc.constantFrom(...forms).map((form) => form(text));

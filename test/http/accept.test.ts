import t from 'tap';
import { preferred } from '../../src/http/accept.js';

const cases: [accept: string | undefined, xml: boolean][] = [
  [undefined, false],
  ['*/*', false],
  ['application/json', false],
  ['application/xml', true],
  ['application/XML; charset=utf-8', true],
  ['application/xml, application/json', false],
  ['application/xml;q=0.9, application/json;q=0.8', true],
  ['text/html, application/xml;q=0.9, */*;q=0.8', true],
  ['application/*, application/json;q=0.5', true],
  ['text/html', false],
];
for (const [accept, xml] of cases) {
  t.equal(preferred(accept), xml ? 'application/xml' : 'application/json', accept ?? 'no header');
}

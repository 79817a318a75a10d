import fc, { type Arbitrary } from 'fast-check';
import { canaryDir } from '../names.js';
import { authorization, type Message } from './message.js';

type Wire = Pick<Message, 'method' | 'target' | 'headers'> & { bytes: Buffer; endsEarly?: boolean };

const targets = [
  ...[
    '/v1/vms/..%2f..%2f..%2fetc%2fpasswd',
    '/v1/vms/%2e%2e/%2e%2e/healthz',
    '/v1/../../../etc/passwd',
    '//v1//vms',
  ],
  ...[
    '/v1/vms/%00',
    '/v1/vms/%',
    '/v1/vms/%zz',
    '/v1/vms/%c0%ae%c0%ae',
    '/v1/vms/%ff%fe',
    '/v1/vms/%ed%a0%80',
  ],
  ...[
    '/v1/vms/fuzz-off%0d%0aX-Injected:%20yes',
    '/v1/vms/a;b=c',
    '/v1/vms/.',
    '/v1/vms/..',
    '/V1/VMS',
    '/v1/vms/',
  ],
  ...[
    '/v1/vms?__proto__[x]=1&constructor=2',
    '/v1/vms?limit=1&limit=2',
    '/v1/vms?limit[]=1',
    '/v1/vms?limit=1%00',
  ],
  ...[
    '/v1/vms?state=running&state[$ne]=x',
    '/v1/vms?%',
    '/v1/vms?name=%E0%A4',
    '/v1/vms?=&=&&&',
    '/v1/vms?cursor=%00',
  ],
  ...[
    `/v1/vms?${'a=1&'.repeat(3000)}`,
    `/v1/vms?name=${'x'.repeat(12_000)}`,
    `/v1/vms/${'x'.repeat(12_000)}`,
  ],
  ...[
    `/v1/vms/${'../'.repeat(2000)}`,
    `/docs/static/..%2f..%2f..%2fpackage.json`,
    '/docs/static/../../../etc/passwd',
  ],
  ...[
    `/docs/static/%2e%2e%2f%2e%2e%2f${canaryDir}/secret`,
    '/docs/static/',
    '/docs/static/%00',
    '/docs/json?x=%',
    '/docs',
  ],
  ...[
    'http://evil.example/v1/vms',
    'https://localhost/v1/vms',
    '*',
    '',
    '?',
    '#',
    '/v1/vms#x',
    '/healthz/',
    '/metrics?x',
  ],
  ...[
    '/openapi.json',
    '/openapi.json%00',
    '/v1',
    '/',
    '/v1/events?types=%00',
    '/v1/audit?since=%F0',
    '/v1/nope',
  ],
];
const methods = [
  'GET',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'TRACE',
  'HEAD',
  'PROPFIND',
  'SEARCH',
  'get',
  'G\u0000T',
];

const headers = [
  ...[
    'Host: evil.example',
    'Host:',
    'Host: localhost\r\nHost: localhost',
    'Host: local\u0000host',
    'Host: [::1',
    'X-Nothing: 1',
  ],
  ...[
    'Origin: http://evil.example',
    'Sec-Fetch-Site: cross-site',
    'X-Forwarded-For: 1.2.3.4',
    'X-HTTP-Method-Override: DELETE',
  ],
  ...[
    'Accept: */*;q=x',
    `Accept: ${'a/b,'.repeat(2000)}`,
    'Accept: \u00ff',
    'Accept-Encoding: gzip, br',
    'Range: bytes=0-9999999999',
  ],
  ...[
    'If-None-Match: "',
    `If-None-Match: ${'"a",'.repeat(3000)}`,
    'If-Match: *, "x", \u0080',
    'Last-Event-ID: 99999999999999999999',
  ],
  ...[
    'Expect: 100-continue',
    'Expect: nonsense',
    'Upgrade: websocket\r\nConnection: Upgrade',
    'Upgrade: h2c\r\nHTTP2-Settings: x',
  ],
  ...[
    `X-Large: ${'x'.repeat(20_000)}`,
    Array.from({ length: 3000 }, (_none, i) => `X-${i}: 1`).join('\r\n'),
    'X Bad: 1',
  ],
  ...[
    'Authorization: Bearer \u0000',
    'Authorization: Basic YTpi',
    `Authorization: Bearer ${'x'.repeat(7000)}`,
    'authorization: bearer',
  ],
  ...[
    'Cookie: __proto__=1',
    'Content-Type: application/json',
    '__proto__: 1',
    ' folded: 1',
    'NoColon',
    'X-Bare: a\rb',
    'Via: \u007f',
  ],
  ...[
    'Idempotency-Key: ',
    `Idempotency-Key: ${'k'.repeat(256)}`,
    'Idempotency-Key: a\tb',
    'Connection: close, __proto__',
  ],
];

const request = (head: string[], body = ''): Buffer =>
  Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`, 'latin1');

const byTarget = fc
  .tuple(fc.constantFrom(...methods), fc.constantFrom(...targets))
  .map(([method, target]): Wire => ({
    ...{ method, target, headers: [] },
    bytes: request([`${method} ${target} HTTP/1.1`, 'Host: localhost', authorization, 'Connection: close']),
  }));

const byHeader = fc
  .tuple(
    fc.constantFrom('GET /v1/vms', 'GET /v1/config', 'POST /v1/tokens', 'GET /healthz'),
    fc.constantFrom(...headers),
  )
  .map(([line, header]): Wire => {
    const [method = '', target = ''] = line.split(' ');
    const host = /^host:/i.test(header) ? [] : ['Host: localhost'];
    const head = [`${line} HTTP/1.1`, ...host, authorization, header, 'Connection: close'];
    return { method, target, headers: [], bytes: request(head), endsEarly: true };
  });

const post = 'POST /v1/tokens HTTP/1.1';
const json = 'Content-Type: application/json';
/** Nothing that would make a token if a body were read: its role is none. */
const body = '{"name":"wire","role":"none"}';
const framings: [head: string[], body: string][] = [
  [['Content-Length: 5'], body],
  [['Content-Length: 5000'], body],
  [['Content-Length: -1'], body],
  [['Content-Length: 1e3'], body],
  [['Content-Length: 0x1d'], body],
  [['Content-Length: 99999999999999999999'], body],
  [[`Content-Length: ${body.length}`, 'Content-Length: 3'], body],
  [[`Content-Length: ${body.length}`, 'Transfer-Encoding: chunked'], '0\r\n\r\n'],
  [['Transfer-Encoding: chunked'], `zz\r\n${body}\r\n0\r\n\r\n`],
  [['Transfer-Encoding: chunked'], `ffffffffffffffff\r\n${body}`],
  [['Transfer-Encoding: chunked'], `5\r\n${body}\r\n0\r\n\r\n`],
  [['Transfer-Encoding: chunked'], `1d;${'x'.repeat(20_000)}\r\n${body}\r\n0\r\n\r\n`],
  [['Transfer-Encoding: chunked'], `1d\r\n${body}\r\n0\r\nX-Trailer: 1\r\n\r\n`],
  [['Transfer-Encoding: chunked'], `1d\n${body}\n0\n\n`],
  [['Transfer-Encoding: gzip, chunked'], `1d\r\n${body}\r\n0\r\n\r\n`],
  [['Transfer-Encoding: chunked, identity'], `1d\r\n${body}\r\n0\r\n\r\n`],
  [['Transfer-Encoding : chunked'], `1d\r\n${body}\r\n0\r\n\r\n`],
  [['Transfer-Encoding: xchunked'], body],
  [['Content-Encoding: gzip', `Content-Length: ${body.length}`], body],
];
const byFraming = fc.constantFrom(...framings).map(([more, text]): Wire => ({
  ...{ method: 'POST', target: '/v1/tokens', headers: [], endsEarly: true },
  bytes: request([post, 'Host: localhost', authorization, json, ...more, 'Connection: close'], text),
}));

const noHttp = [
  ...[
    '\u0000',
    'hello\r\n\r\n',
    'GET\r\n\r\n',
    'GET / HTTP/9.9\r\n\r\n',
    'GET / HTTP/1.1\r\n\r\n',
    'GET /healthz HTTP/1.0\r\n\r\n',
  ],
  ...[
    'GET /healthz\r\n\r\n',
    '\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003',
    'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  ],
  ...[
    'CONNECT localhost:22 HTTP/1.1\r\nHost: localhost\r\n\r\n',
    'GET /healthz HTTP/1.1\nHost: localhost\n\n',
  ],
  ...[
    '\r\n\r\n\r\nGET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
    'x'.repeat(100_000),
  ],
  ...[
    `GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\nGET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`,
  ],
  ...['GET /healthz HTTP/1.1\r\nHost: localhost\r\n', ''],
];
const byNoHttp = fc.constantFrom(...noHttp).map((text): Wire => ({
  ...{ method: '', target: '', headers: [], endsEarly: true },
  bytes: Buffer.from(text, 'latin1'),
}));

/** What goes over the wire as it stands. */
export const wire: Arbitrary<Wire> = fc.oneof(
  { weight: 4, arbitrary: byTarget },
  { weight: 3, arbitrary: byHeader },
  { weight: 2, arbitrary: byFraming },
  { weight: 2, arbitrary: byNoHttp },
);

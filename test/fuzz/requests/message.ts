import type { Operation } from '../document.js';
import { placeholders } from '../names.js';

/** Whose token a request shows; nobody shows none, and a stranger one that is none. */
export const callers = ['admin', 'trusted', 'operator', 'viewer', 'nobody', 'stranger'] as const;
export type Caller = (typeof callers)[number];

export const kinds = ['valid', 'nearly', 'hostile', 'encoded', 'wire'] as const;
export type Kind = (typeof kinds)[number];

/** A request as it is made up, before it is known whose tokens there are. */
export interface Message {
  kind: Kind;
  caller: Caller;
  /** Which operation of the document it is for; undefined: of none that could be told. */
  operation?: Operation;
  method: string;
  target: string;
  headers: [name: string, value: string][];
  body?: Buffer;
  /** The bytes as they are, instead of what would be made of the members above: no HTTP, or not quite. */
  bytes?: Buffer;
  /** Nothing follows, which the server is told by a closed half of the connection, not by the bytes. */
  endsEarly?: boolean;
}

/** Where the token goes in the head of a message. */
export const authorization = '~authorization~';

/** What a message is on the wire. @param fill puts what is there now in the place of placeholders */
export function toBytes(message: Message, fill: (text: string) => string): Buffer {
  const { method, target, headers, body, bytes } = message;
  if (bytes) {
    // of a body that is no text each byte is kept, too
    return Buffer.from(fill(bytes.toString('latin1')), 'latin1');
  }
  const length = body && !headers.some(([name]) => /^(content-length|transfer-encoding)$/i.test(name));
  const lines = [
    `${method} ${target} HTTP/1.1`,
    'Host: localhost',
    authorization,
    ...headers.map(([name, value]) => `${name}: ${value}`),
    ...(length ? [`Content-Length: ${body.length}`] : []),
    'Connection: close',
  ];
  const head = fill(lines.filter((line) => line !== '').join('\r\n')).replace(/\r\n(?=\r\n)/g, '');
  return Buffer.concat([Buffer.from(`${head}\r\n\r\n`, 'latin1'), body ?? Buffer.alloc(0)]);
}

const unreserved = /[A-Za-z0-9\-._~]/;

/** Percent-encodes whatever text, also halves of surrogate pairs. */
export const percent = (text: string): string =>
  [...Buffer.from(text)]
    .map((byte) => {
      const char = String.fromCharCode(byte);
      return unreserved.test(char) ? char : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    })
    .join('');

/** Whether what is sent is not known yet. */
export const placeholdersIn = (value: string | string[]): boolean =>
  Object.values(placeholders).some((placeholder) => value.includes(placeholder));

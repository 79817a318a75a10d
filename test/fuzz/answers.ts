/** An answer as it came over the wire. */
export interface RawAnswer {
  status: number;
  /** By their names in small letters. */
  headers: Record<string, string>;
  body: Buffer;
}

const headEnd = Buffer.from('\r\n\r\n');

function dechunked(bytes: Buffer): { body: Buffer; rest: Buffer } {
  const parts: Buffer[] = [];
  let at = 0;
  for (;;) {
    const lineEnd = bytes.indexOf('\r\n', at);
    const size = parseInt(bytes.toString('latin1', at, Math.max(at, lineEnd)), 16);
    if (lineEnd < 0 || Number.isNaN(size)) throw new Error('an answer breaks off in its chunks');
    const begin = lineEnd + 2;
    parts.push(bytes.subarray(begin, begin + size));
    at = begin + size + 2;
    if (size === 0) return { body: Buffer.concat(parts), rest: bytes.subarray(at) };
  }
}

/** To HEAD there is none, whatever the headers say: unless the request was not understood even as one. */
const hasNoBody = (status: number, bytes: Buffer, head: boolean): boolean =>
  status < 200 || status === 204 || status === 304 || (head && (bytes.length === 0 || status !== 400));

function bodyOf(status: number, headers: Record<string, string>, bytes: Buffer, head: boolean) {
  if (hasNoBody(status, bytes, head)) return { body: Buffer.alloc(0), rest: bytes };
  if (headers['transfer-encoding'] === 'chunked') return dechunked(bytes);
  const length = headers['content-length'];
  if (length === undefined) return { body: bytes, rest: Buffer.alloc(0) };
  if (bytes.length < Number(length)) throw new Error('an answer is shorter than its Content-Length');
  return { body: bytes.subarray(0, Number(length)), rest: bytes.subarray(Number(length)) };
}

/**
 * Takes apart what came over a connection; what is only on the way to an answer (1xx) is left out.
 * @param head the request was HEAD: its answer has no body, whatever its headers say
 * @throws Error when it is no HTTP, or breaks off
 */
export function answersIn(received: Buffer, head = false): RawAnswer[] {
  const answers: RawAnswer[] = [];
  for (let bytes = received; bytes.length > 0;) {
    const end = bytes.indexOf(headEnd);
    if (end < 0) throw new Error('an answer breaks off in its head');
    const [first = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n');
    const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(first)?.[1]);
    if (Number.isNaN(status)) throw new Error(`an answer begins with ${JSON.stringify(first.slice(0, 100))}`);
    const headers = Object.fromEntries(
      lines.map((line) => {
        const colon = line.indexOf(':');
        return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
      }),
    );
    const { body, rest } = bodyOf(status, headers, bytes.subarray(end + headEnd.length), head);
    if (status >= 200) answers.push({ status, headers, body });
    bytes = rest;
  }
  return answers;
}

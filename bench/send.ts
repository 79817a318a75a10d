import { writeFile } from 'node:fs/promises';
import { run } from '../test/hosts/index.js';
import type { Peer } from './peers/peer.js';
import { nativePrograms } from './programs.js';

/** A request as it goes over the wire. */
export interface WireRequest {
  method: string;
  path: string;
  type?: string;
  body?: string;
}

function wire({ headers }: Peer, { method, path, type, body = '' }: WireRequest): string {
  const all = Object.entries({
    host: 'localhost',
    ...headers,
    ...(type !== undefined && { 'content-type': type }),
    'content-length': String(Buffer.byteLength(body)),
  });
  const head = all.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return `${method} ${path} HTTP/1.1\r\n${head}\r\n${body}`;
}

/**
 * Sends requests in turn, one after the other, so many in all.
 * @returns how long each took, ms
 * @throws Error when an answer is not 200
 */
export async function send(peer: Peer, requests: readonly WireRequest[], count: number): Promise<number[]> {
  const files = requests.map((_, i) => `${peer.socket}.request-${i}`);
  for (const [i, request] of requests.entries()) await writeFile(files[i] ?? '', wire(peer, request));
  const { send: program } = await nativePrograms();
  const said = await run(program, [peer.socket, String(count), ...files], { timeoutMs: 600_000 });
  const answers = said
    .trim()
    .split('\n')
    .map((line) => line.split(' ').map(Number));
  const wrong = answers.findIndex(([status]) => status !== 200);
  if (wrong >= 0) {
    const { method, path } = requests[wrong % requests.length] ?? {};
    throw new Error(`${peer.name}: ${method} ${path} is answered with ${answers[wrong]?.[0]}`);
  }
  return answers.map(([, took = NaN]) => took / 1000);
}

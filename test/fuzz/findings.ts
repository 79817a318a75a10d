import type { RawAnswer } from './answers.js';
import type { Message } from './requests/message.js';

export interface Finding {
  /** The requests that led to it. */
  again: { from: number; requests: number };
  fault: string;
  /** What of the request and the answer helps to repeat and to understand it. */
  evidence: string;
}

const longest = 3000;
const cut = (text: string): string =>
  text.length > longest ? `${text.slice(0, longest)}… (${text.length} in all)` : text;
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
const printable = (bytes: Buffer): string => JSON.stringify(bytes.toString('latin1')).slice(1, -1);

/** The request for curl, where curl can send it; its bytes otherwise, as one writes them in JavaScript. */
function asCommand({ method, target, headers, body, bytes }: Message, wire: Buffer): string {
  const isText = body === undefined || Buffer.from(body.toString()).equals(body);
  if (bytes || !isText || body?.includes(0)) return `bytes: ${cut(printable(wire))}`;
  return [
    `curl --path-as-is --unix-socket $SOCKET -H "Authorization: Bearer $TOKEN" -X ${method}`,
    ...headers.map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`),
    ...(body ? [`--data-binary ${quoted(cut(body.toString()))}`] : []),
    quoted(`http://localhost${target}`),
  ].join(' ');
}

export function evidenceOf(
  message: Message,
  wire: Buffer,
  answers: readonly RawAnswer[],
  log: object[],
): string {
  const told = answers.map(({ status, headers, body }) =>
    cut(`${status} ${headers['content-type'] ?? ''} ${body.toString()}`),
  );
  return [
    `${message.kind}, by ${message.caller}: ${asCommand(message, wire)}`,
    ...told.map((answer) => `  answer: ${answer}`),
    ...log.map((line) => `  log: ${cut(JSON.stringify(line))}`),
  ].join('\n');
}

/** The findings, of each kind one with its evidence and how many there are. */
export function report(findings: readonly Finding[], seed: number): string {
  const kinds = new Map<string, Finding[]>();
  for (const finding of findings) {
    const kind = finding.fault.replace(/\d+|"[^"]*"/g, '…');
    kinds.set(kind, [...(kinds.get(kind) ?? []), finding]);
  }
  return [...kinds.values()]
    .flatMap(([first, ...more]) => (first ? [{ ...first, count: more.length + 1 }] : []))
    .map(({ fault, again, evidence, count }) =>
      [
        `${fault} (${count} times)`,
        `  again: npm run fuzz -- --seed ${seed} --from ${again.from} --requests ${again.requests}`,
        `  ${evidence}`,
      ].join('\n'),
    )
    .join('\n\n');
}

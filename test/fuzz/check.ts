import { type Operation } from './document.js';
import type { RawAnswer } from './answers.js';
import { canaryDir, secret } from './names.js';
import type { Message } from './requests/message.js';
import type { Schemas } from './schemas.js';
import { invalidity } from './validity.js';

/** What is answered before it is known which operation is meant, where a request is no HTTP or not quite. */
const beforeRouting = [400, 404, 408, 413, 415, 421, 431];
const planted = [secret, 'root:x:0:0:', 'X-Injected'];

function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}

const mediaTypeOf = ({ headers }: RawAnswer): string =>
  headers['content-type']?.split(';')[0]?.trim().toLowerCase() ?? '';

/** What the document says of problems in one place, whatever else it says of the operation. */
function problemFaults(schemas: Schemas, answer: RawAnswer): string[] {
  const type = mediaTypeOf(answer);
  if (type !== 'application/problem+json')
    return [`${answer.status} is answered as "${type}", not as a problem`];
  const problem = jsonOf(answer.body);
  const wrong = schemas.problem(problem);
  if (wrong !== undefined) return [`the problem is not as the document has it: ${wrong}`];
  const { status } = problem as { status: number };
  return status === answer.status ? [] : [`the problem says ${status}`];
}

function contentFaults(schemas: Schemas, operation: Operation, answer: RawAnswer): string[] {
  const status = String(answer.status);
  const documented = operation.responses[status];
  if (!documented) return [`the document has no ${status} of ${operation.operationId}`];
  const types = Object.keys(documented.content ?? {});
  const type = mediaTypeOf(answer);
  if (types.length === 0) return answer.body.length > 0 ? [`${status} has a body`] : [];
  if (answer.status >= 400) return []; // a problem: looked at as such
  if (!types.includes(type)) return [`${status} is answered as "${type}", not as ${types.join(' or ')}`];
  if (!type.endsWith('json')) return [];
  const value = jsonOf(answer.body);
  if (value === undefined) return [`the body of ${status} is not JSON`];
  const wrong = schemas.answer(operation, status, type, value);
  return wrong === undefined ? [] : [`the body of ${status} is not as the document has it: ${wrong}`];
}

/** What of an answer is not as it must be. */
export function faultsOf(schemas: Schemas, message: Message, answer: RawAnswer): string[] {
  const { operation, method } = message;
  const { status, body, headers } = answer;
  const text = `${JSON.stringify(headers)}${body.toString()}`;
  const told = planted.filter((one) => text.includes(one) && !sent(message).includes(one));
  const faults = told.map(
    (one) => `the answer contains ${one}, from a file under ${canaryDir} or of the host`,
  );
  if (headers['x-injected'] !== undefined) faults.push('a header came out of a value');
  if (status === 500) faults.push('it answers 500');
  if (status === 401 && headers['www-authenticate'] === undefined) faults.push('401 has no WWW-Authenticate');
  if (status >= 400 && method !== 'HEAD') faults.push(...problemFaults(schemas, answer));
  if (operation) {
    faults.push(...contentFaults(schemas, operation, answer));
    const wrong = status < 300 ? invalidity(schemas, message) : undefined;
    if (wrong !== undefined) faults.push(`it answers ${status} to what is invalid by the document: ${wrong}`);
  } else if (status >= 400 && !beforeRouting.includes(status) && ![401, 403, 422, 429].includes(status)) {
    faults.push(`it answers ${status} to what is for no operation`);
  }
  return faults;
}

const sent = ({ target, headers, body, bytes }: Message): string =>
  `${target}${JSON.stringify(headers)}${String(body ?? '')}${String(bytes ?? '')}`;

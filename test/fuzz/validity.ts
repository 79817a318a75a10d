import type { Operation } from './document.js';
import { type Message, placeholdersIn } from './requests/message.js';
import type { Schemas } from './schemas.js';

/** The path's parameters as they were before they were encoded. */
function pathParameters({ path }: Operation, target: string): Record<string, string> {
  const names = [...path.matchAll(/\{([^}]+)\}/g)].map(([, name = '']) => name);
  const pattern = path.replaceAll('.', '\\.').replace(/\{[^}]+\}/g, '([^/]*)');
  const found = new RegExp(`^${pattern}$`).exec(target.split('?')[0] ?? '');
  return Object.fromEntries(names.map((name, i) => [name, decodeURIComponent(found?.[i + 1] ?? '')]));
}

function parameterValue(message: Message, operation: Operation, kind: string, name: string) {
  if (kind === 'path') return pathParameters(operation, message.target)[name];
  if (kind === 'header') {
    return message.headers.find(([one]) => one.toLowerCase() === name.toLowerCase())?.[1];
  }
  const values = new URLSearchParams(message.target.split('?')[1] ?? '').getAll(name);
  return values.length > 1 ? values : values[0];
}

function bodyInvalidity(
  schemas: Schemas,
  operation: Operation,
  { headers, body }: Message,
): string | undefined {
  const types = Object.keys(operation.requestBody?.content ?? {});
  if (types.length === 0) return undefined;
  const type = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '';
  const mediaType = type.split(';')[0]?.trim().toLowerCase() ?? '';
  if (!types.includes(mediaType)) return `content-type ${type} is not one of ${types.join()}`;
  if (mediaType !== 'application/json') return undefined; // the document says of XML only that it is text
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(body));
  } catch (error) {
    return `the body is not JSON: ${(error as Error).message.slice(0, 100)}`;
  }
  return schemas.body(operation, value);
}

/**
 * What makes a request invalid by the document, as its first reader would find it; undefined where nothing does, or where
 * the document does not say.
 */
export function invalidity(schemas: Schemas, message: Message): string | undefined {
  const { operation } = message;
  if (!operation) return undefined;
  for (const [index, { in: kind, name, required }] of operation.parameters.entries()) {
    const value = parameterValue(message, operation, kind, name);
    if (value === undefined ? required : false) return `${kind}/${name} is missing`;
    if (value === undefined || placeholdersIn(value)) continue;
    const wrong = schemas.parameter(operation, index, value);
    if (wrong !== undefined) return `${kind}/${name}: ${wrong}`;
  }
  return bodyInvalidity(schemas, operation, message);
}

import type { FieldError } from '../errors.js';
import { checkRule, whyUnknown } from './check-rule.js';
import { checkHead } from './check-head.js';
import { demandNone } from './demand-none.js';
import {
  actions,
  type Attributes,
  chainPriority,
  directions,
  type Filter,
  type FilterEntry,
  type FilterRef,
  type FilterRule,
  isPriority,
  mostEntries,
  priorities,
} from './model.js';
import { attributeType, isProtocol, type Protocol, protocolNames } from './protocols.js';
import { isFilterName, isParameterName, isParameterValue } from './words.js';

type Json = Readonly<Record<string, unknown>>;
type Report = (path: string, message: string) => void;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
/** One step of a JSON pointer. */
const step = (name: string): string => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;

function demandKnown(value: Json, known: readonly string[], path: string, report: Report): void {
  for (const name of Object.keys(value)) {
    if (!known.includes(name)) report(path + step(name), 'is not a known field');
  }
}

function oneOf<T>(known: readonly T[], value: unknown, path: string, report: Report): T | undefined {
  if ((known as readonly unknown[]).includes(value)) return value as T;
  report(path, value === undefined ? 'is required' : `must be one of ${known.join(', ')}`);
  return undefined;
}

function readAttributes(
  protocol: Protocol,
  value: unknown,
  path: string,
  report: Report,
): Attributes | undefined {
  if (value === undefined) return undefined;
  if (!isObject(value)) {
    report(path, 'must be an object');
    return undefined;
  }
  const attributes: Attributes = {};
  for (const [name, given] of Object.entries(value)) {
    const type = attributeType(protocol, name);
    const taken = type?.of(given);
    if (!type) report(path + step(name), whyUnknown(protocol, name));
    else if (taken === undefined) report(path + step(name), `must be ${type.what}`);
    else attributes[name] = taken;
  }
  return attributes;
}

function readRule(entry: Json, path: string, report: Report): FilterRule | undefined {
  const fields = ['action', 'direction', 'priority', 'protocol', 'statematch'];
  const protocol = oneOf([...protocolNames, 'none' as const], entry.protocol, `${path}/protocol`, report);
  demandKnown(
    entry,
    protocol === 'none' ? fields : [...fields, 'match', 'notMatch', 'comment'],
    path,
    report,
  );
  const action = oneOf(actions, entry.action, `${path}/action`, report);
  const direction = oneOf(directions, entry.direction, `${path}/direction`, report);
  const { priority = priorities.ofRule, statematch, comment } = entry;
  if (!isPriority(priority)) {
    report(`${path}/priority`, `must be an integer from ${priorities.min} to ${priorities.max}`);
    return undefined;
  }
  if (statematch !== undefined && typeof statematch !== 'boolean') {
    report(`${path}/statematch`, 'must be true or false');
    return undefined;
  }
  if (comment !== undefined && typeof comment !== 'string') {
    report(`${path}/comment`, 'must be a string');
    return undefined;
  }
  const what: Pick<FilterRule, 'match' | 'notMatch' | 'comment'> = {};
  if (isProtocol(protocol)) {
    what.match = readAttributes(protocol, entry.match, `${path}/match`, report) ?? {};
    const notMatch = readAttributes(protocol, entry.notMatch, `${path}/notMatch`, report);
    if (notMatch) what.notMatch = notMatch;
    if (comment !== undefined) what.comment = comment;
  }
  if (!protocol || !action || !direction) return undefined;
  const rule: FilterRule = { action, direction, priority, protocol, ...what };
  if (statematch === false) rule.statematch = false;
  checkRule(rule, (place, message) => report(`${path}/${place.join('/')}`, message));
  return rule;
}

function readRef(entry: Json, path: string, report: Report): FilterRef | undefined {
  demandKnown(entry, ['ref', 'parameters'], path, report);
  const { ref, parameters = [] } = entry;
  if (!isFilterName(ref)) {
    report(`${path}/ref`, 'must be the name of a filter');
    return undefined;
  }
  if (!Array.isArray(parameters)) {
    report(`${path}/parameters`, 'must be a list');
    return undefined;
  }
  const read = parameters.flatMap((parameter: unknown, i) => {
    const at = `${path}/parameters/${i}`;
    if (!isObject(parameter)) {
      report(at, 'must be an object');
      return [];
    }
    demandKnown(parameter, ['name', 'value'], at, report);
    const { name, value } = parameter;
    if (!isParameterName(name)) report(`${at}/name`, 'must be letters, digits and _');
    else if (!isParameterValue(value)) report(`${at}/value`, 'must be letters, digits, _, . and :');
    else return [{ name, value }];
    return [];
  });
  return { ref, parameters: read };
}

function readEntry(entry: unknown, path: string, report: Report): FilterEntry | undefined {
  if (!isObject(entry)) {
    report(path, 'must be an object');
    return undefined;
  }
  return 'ref' in entry ? readRef(entry, path, report) : readRule(entry, path, report);
}

/**
 * Reads a filter that a caller gives as JSON. This is what checks such a body: it says which attribute of which
 * protocol is wrong, where a schema of many variants would name them all.
 * @throws Problem invalid-request naming each field that is wrong
 */
export function filterFromJson(body: unknown): Filter {
  const errors: FieldError[] = [];
  const report: Report = (path, message) => errors.push({ path, message });
  if (!isObject(body)) {
    demandNone([{ path: '', message: 'must be an object' }]);
    throw new TypeError('unreachable');
  }
  demandKnown(body, ['name', 'uuid', 'chain', 'priority', 'entries'], '', report);
  const { name, uuid, chain = 'root', entries } = body;
  const { priority = chainPriority(String(chain)) } = body;
  checkHead({ name, uuid, chain, priority }, (field, message) => report(`/${field}`, message));
  let read: FilterEntry[] = [];
  if (!Array.isArray(entries)) report('/entries', entries === undefined ? 'is required' : 'must be a list');
  else if (entries.length > mostEntries) report('/entries', `must have at most ${mostEntries} entries`);
  else read = entries.flatMap((entry, i) => readEntry(entry, `/entries/${i}`, report) ?? []);
  demandNone(errors);
  return {
    name: name as string,
    ...(uuid !== undefined && { uuid: (uuid as string).toLowerCase() }),
    chain: chain as string,
    priority: priority as number,
    entries: read,
  };
}

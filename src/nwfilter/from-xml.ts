import { byText } from '../xml/by-text.js';
import { type FieldError, Problem } from '../errors.js';
import { type Element, elements, parseXml, textOf } from '../xml/tree.js';
import { parseUntrustedXml } from '../xml/untrusted.js';
import { checkHead } from './check-head.js';
import { checkRule, whyUnknown } from './check-rule.js';
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
import { attributeType, isProtocol, type Protocol, shownAttributes } from './protocols.js';
import type { ValueType } from './values.js';
import { isFilterName, isParameterName, isParameterValue } from './words.js';

/** Takes in what is wrong, and where: an XPath. */
type Report = (path: string, message: string) => void;

interface Reading {
  report: Report;
  /** Whether libvirt itself wrote the document: then all is taken that it may say. */
  own: boolean;
}

function demandPlain(
  node: Element,
  attributes: readonly string[],
  children: readonly string[],
  path: string,
  report: Report,
): void {
  for (const name of Object.keys(node.attributes)) {
    if (!attributes.includes(name)) report(`${path}/@${name}`, 'is not a known attribute');
  }
  for (const child of node.children) {
    if (typeof child !== 'string' && !children.includes(child.name))
      report(`${path}/${child.name}`, 'is not known here');
    if (typeof child === 'string' && child.trim() !== '') report(path, 'must have no text in it');
  }
}

function oneOf<T extends string>(
  known: readonly T[],
  value: string | undefined,
  path: string,
  report: Report,
): T | undefined {
  const found = known.find((one) => one === value);
  if (!found) report(path, value === undefined ? 'is required' : `must be one of ${known.join(', ')}`);
  return found;
}

function readPriority(text: string | undefined, byDefault: number, path: string, report: Report): number {
  if (text === undefined) return byDefault;
  const number = /^[-+]?[0-9]{1,5}$/.test(text) ? Number(text) : NaN;
  if (isPriority(number)) return number;
  report(path, `must be an integer from ${priorities.min} to ${priorities.max}`);
  return byDefault;
}

function readStatematch(text: string | undefined, path: string, report: Report): boolean {
  if (text === undefined) return true;
  if (!['0', 'false'].includes(text.toLowerCase())) report(path, 'must be false or 0, or absent');
  return false;
}

const typeOf = (protocol: Protocol, name: string, own: boolean): ValueType | undefined =>
  own ? shownAttributes(protocol)[name] : attributeType(protocol, name);

/** What one match element says. */
function readMatch(node: Element, protocol: Protocol, path: string, { report, own }: Reading): Attributes {
  const attributes: Attributes = {};
  demandPlain(node, Object.keys(node.attributes), [], path, report);
  for (const [name, text] of Object.entries(node.attributes)) {
    if (name === 'match' || name === 'comment') continue;
    const type = typeOf(protocol, name, own);
    const value = type?.read(text);
    if (!type) report(`${path}/@${name}`, whyUnknown(protocol, name));
    else if (value === undefined) report(`${path}/@${name}`, `must be ${type.what}`);
    else attributes[name] = value;
  }
  return attributes;
}

/** libvirt shows a rule with attributes of both signs as several elements of one protocol. */
function readMatches(
  nodes: Element[],
  protocol: Protocol,
  path: string,
  reading: Reading,
): Partial<FilterRule> {
  const found: { match: Attributes; notMatch?: Attributes; comment?: string } = { match: {} };
  for (const node of nodes) {
    const { match = 'yes', comment } = node.attributes;
    if (match !== 'yes' && match !== 'no') reading.report(`${path}/@match`, 'must be yes or no');
    const attributes = readMatch(node, protocol, path, reading);
    const isEmpty = Object.keys(attributes).length === 0;
    if (match !== 'no') Object.assign(found.match, attributes);
    else if (!isEmpty || !reading.own) found.notMatch = { ...found.notMatch, ...attributes };
    if (comment !== undefined) found.comment = comment;
  }
  return found;
}

function readRule(node: Element, path: string, reading: Reading): FilterRule | undefined {
  const { report, own } = reading;
  const nodes = elements(node);
  const name = nodes[0]?.name ?? 'none';
  demandPlain(node, ['action', 'direction', 'priority', 'statematch'], [name], path, report);
  const { attributes } = node;
  const action = oneOf(actions, attributes.action, `${path}/@action`, report);
  const direction = oneOf(directions, attributes.direction, `${path}/@direction`, report);
  const priority = readPriority(attributes.priority, priorities.ofRule, `${path}/@priority`, report);
  const statematch = readStatematch(attributes.statematch, `${path}/@statematch`, report);
  if (nodes.length > 0 && !isProtocol(name)) {
    report(`${path}/${name}`, 'is not a protocol that libvirt knows');
    return undefined;
  }
  if (nodes.length > 1 && !own)
    report(`${path}/${name}`, 'must stand once: libvirt takes one match in a rule');
  const at = `${path}/${name}`;
  const what = isProtocol(name) ? readMatches(nodes, name, at, reading) : {};
  if (!action || !direction) return undefined;
  const protocol: FilterRule['protocol'] = isProtocol(name) ? name : 'none';
  const rule: FilterRule = {
    action,
    direction,
    priority,
    protocol,
    ...what,
    ...(!statematch && { statematch }),
  };
  if (!own) {
    checkRule(rule, ([member, attribute = member === 'comment' ? 'comment' : 'match'], message) =>
      report(`${at}/@${attribute}`, message),
    );
  }
  return rule;
}

function readRef(node: Element, path: string, { report, own }: Reading): FilterRef | undefined {
  demandPlain(node, ['filter'], ['parameter'], path, report);
  const parameters = elements(node, 'parameter').flatMap((parameter, i) => {
    const at = `${path}/parameter[${i + 1}]`;
    demandPlain(parameter, ['name', 'value'], [], at, report);
    const { name, value } = parameter.attributes;
    if (own) return [{ name: name ?? '', value: value ?? '' }];
    if (!isParameterName(name)) report(`${at}/@name`, 'must be letters, digits and _');
    else if (!isParameterValue(value)) report(`${at}/@value`, 'must be letters, digits, _, . and :');
    else return [{ name, value }];
    return [];
  });
  const { filter } = node.attributes;
  if (isFilterName(filter) || own) return { ref: filter ?? '', parameters };
  report(`${path}/@filter`, 'must be the name of a filter');
  return undefined;
}

function readEntries(root: Element, reading: Reading): FilterEntry[] {
  const counts = { rule: 0, filterref: 0 };
  return elements(root).flatMap((node) => {
    if (node.name !== 'rule' && node.name !== 'filterref') return [];
    const path = `/filter/${node.name}[${(counts[node.name] += 1)}]`;
    return (node.name === 'rule' ? readRule : readRef)(node, path, reading) ?? [];
  });
}

function readFilter(root: Element, reading: Reading): Filter {
  const { report } = reading;
  if (root.name !== 'filter') report(`/${root.name}`, 'must be filter');
  demandPlain(root, ['name', 'chain', 'priority'], ['uuid', 'rule', 'filterref'], '/filter', report);
  const { name, chain = 'root', priority: given } = root.attributes;
  const [node, ...more] = elements(root, 'uuid');
  if (more.length > 0) report('/filter/uuid', 'must stand once');
  const uuid = textOf(node)?.trim().toLowerCase();
  const priority = readPriority(given, chainPriority(chain), '/filter/@priority', report);
  if (!reading.own) {
    checkHead({ name, uuid, chain, priority }, (field, message) =>
      report(field === 'uuid' ? '/filter/uuid' : `/filter/@${field}`, message),
    );
  }
  const entries = readEntries(root, reading);
  if (entries.length > mostEntries && !reading.own)
    report('/filter', `must have at most ${mostEntries} entries`);
  return { name: name ?? '', ...(uuid !== undefined && { uuid }), chain, priority, entries };
}

/**
 * Reads a filter that a caller gives as XML.
 * @throws Problem invalid-request naming each place that is wrong, as an XPath
 */
export function filterFromXml(text: string): Filter {
  const errors: FieldError[] = [];
  let root: Element;
  try {
    root = parseUntrustedXml(text);
  } catch (error) {
    throw new Problem('invalid-request', `The XML is refused: ${(error as Error).message}.`, {
      errors: [{ path: '', message: (error as Error).message }],
      cause: error,
    });
  }
  const filter = readFilter(root, { own: false, report: (path, message) => errors.push({ path, message }) });
  demandNone(errors);
  return filter;
}

/**
 * Reads a filter as libvirt shows it, also one that was defined without its schema.
 * @throws Error when it says what this service does not know
 */
export const filterFromLibvirt = byText((xml): Filter => {
  const errors: string[] = [];
  const report: Report = (path, message) => errors.push(`${path} ${message}`);
  const filter = readFilter(parseXml(xml), { own: true, report });
  if (errors.length === 0) return filter;
  throw new Error(
    `libvirt's filter ${filter.name} has what this service does not know: ${errors.join('; ')}`,
  );
});

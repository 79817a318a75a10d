import { type Element, element, formatXml } from '../xml/tree.js';
import { type Attributes, type Filter, type FilterEntry, type FilterRule, isRef } from './model.js';
import { isProtocol, type Protocol, shownAttributes } from './protocols.js';

function toMatch(
  protocol: Protocol,
  attributes: Attributes,
  more: Record<string, string | undefined>,
): Element {
  const types = shownAttributes(protocol);
  const texts = Object.entries(attributes).map(([name, value]) => [name, types[name]?.write(value)] as const);
  return element(protocol, { ...more, ...Object.fromEntries(texts) });
}

function toMatches({ protocol, match = {}, notMatch, comment }: FilterRule): Element[] {
  if (!isProtocol(protocol)) return [];
  if (!notMatch) return [toMatch(protocol, match, { comment })];
  const negative = toMatch(protocol, notMatch, { match: 'no', comment });
  return Object.keys(match).length > 0 ? [toMatch(protocol, match, {}), negative] : [negative];
}

function toElement(entry: FilterEntry): Element {
  if (isRef(entry)) {
    const parameters = entry.parameters.map((parameter) => element('parameter', { ...parameter }));
    return element('filterref', { filter: entry.ref }, parameters);
  }
  const { action, direction, priority, statematch } = entry;
  const attributes = { action, direction, priority, statematch: statematch === false ? 'false' : undefined };
  return element('rule', attributes, toMatches(entry));
}

/** Writes a filter as libvirt's XML. */
export function filterToXml({ name, uuid, chain, priority, entries }: Filter): string {
  return formatXml(
    element('filter', { name, chain, priority }, [
      uuid === undefined ? undefined : element('uuid', {}, [uuid]),
      ...entries.map(toElement),
    ]),
  );
}

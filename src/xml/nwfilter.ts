import { byText } from './by-text.js';
import { type Element, element, elements, formatXml, parseXml } from './tree.js';

/** The filter's XML with this UUID: libvirt then updates the filter that has it, in place. */
export function withUuid(xml: string, uuid: string): string {
  const filter = parseXml(xml);
  const rest = filter.children.filter((child) => typeof child === 'string' || child.name !== 'uuid');
  return formatXml({ ...filter, children: [element('uuid', {}, [uuid]), ...rest] });
}

/** The name in a filter's XML. @throws SyntaxError when it has none */
export function filterName(xml: string): string {
  const name = parseXml(xml).attributes.name;
  if (name === undefined) throw new SyntaxError('a filter without a name');
  return name;
}

/** The filters that this one refers to, in order. */
export function filterReferences(xml: string): string[] {
  return elements(parseXml(xml), 'filterref').map((node) => node.attributes.filter ?? '');
}

/** One entry of a filter: another filter that is referred to, or a rule. */
export type FilterEntry =
  { ref: string; parameters: string[] } | { direction: string; protocol: string; variables: string[] };

/** What the service reads of a filter's XML. */
export interface FilterDescription {
  name: string;
  chain: string;
  entries: FilterEntry[];
}

/** `$IP`, `$IP[1]` and `$IP[@1]` are all the variable IP. */
const variablesIn = (text: string): string[] =>
  [...text.matchAll(/\$([A-Za-z0-9_]+)/g)].flatMap(([, name]) => name ?? []);

function readEntry(node: Element): FilterEntry[] {
  if (node.name === 'filterref') {
    const parameters = elements(node, 'parameter').map(({ attributes }) => attributes.name ?? '');
    return [{ ref: node.attributes.filter ?? '', parameters }];
  }
  if (node.name !== 'rule') return [];
  const matches = elements(node);
  return [
    {
      direction: node.attributes.direction ?? '',
      protocol: matches[0]?.name ?? 'mac',
      variables: matches.flatMap(({ attributes }) => Object.values(attributes).flatMap(variablesIn)),
    },
  ];
}

/** Reads a filter as far as NICs need it: what it is made of and which variables it wants. */
export const describeFilter = byText((xml): FilterDescription => {
  const filter = parseXml(xml);
  return {
    name: filter.attributes.name ?? '',
    chain: filter.attributes.chain ?? 'root',
    entries: elements(filter).flatMap(readEntry),
  };
});

/** The XML of a filter that is made of others, in order. */
export function buildComposedFilter(name: string, references: string[]): string {
  return formatXml(
    element(
      'filter',
      { name, chain: 'root' },
      references.map((filter) => element('filterref', { filter })),
    ),
  );
}

import { type Element, element, elements, formatXml, parseXml } from './tree.js';

/** What a filter says, whatever its UUID and however it is written. */
function meaning(node: Element): unknown {
  return {
    name: node.name,
    attributes: Object.entries(node.attributes).toSorted(([a], [b]) => (a < b ? -1 : 1)),
    children: elements(node)
      .filter((child) => child.name !== 'uuid')
      .map(meaning),
  };
}

/** Whether two filters' XML say the same, the UUID left aside. */
export function sameFilter(a: string, b: string): boolean {
  return JSON.stringify(meaning(parseXml(a))) === JSON.stringify(meaning(parseXml(b)));
}

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

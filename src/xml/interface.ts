import { type Element, element, elements, find, formatXml, parseXml } from './tree.js';

export interface FilterParameter {
  name: string;
  value: string;
}

/** What a NIC's one filterref says; undefined: there is none. */
export type Filterref = { filter: string; parameters: readonly FilterParameter[] } | undefined;

/** Changes a domain's XML by a function over its elements. */
export function editDomain(xml: string, edit: (domain: Element) => void): string {
  const domain = parseXml(xml);
  edit(domain);
  return formatXml(domain);
}

export const interfacesOf = (domain: Element): Element[] => elements(find(domain, 'devices'), 'interface');
export const macOf = (node: Element): string => find(node, 'mac')?.attributes.address ?? '';

/** The interface with this MAC address, in whatever case it is written. */
export function interfaceOf(domain: Element, mac: string): Element | undefined {
  return interfacesOf(domain).find((node) => macOf(node).toLowerCase() === mac.toLowerCase());
}

/** Puts the child in place of those of this name; undefined: takes them away. */
export function replaceChild(node: Element, name: string, child: Element | undefined): void {
  const rest = node.children.filter((old) => typeof old === 'string' || old.name !== name);
  node.children = child ? [...rest, child] : rest;
}

/** Gives the interface this filterref in place of the one it has. */
export function setFilterref(node: Element, filterref: Filterref): void {
  const child =
    filterref &&
    element(
      'filterref',
      { filter: filterref.filter },
      filterref.parameters.map(({ name, value }) => element('parameter', { name, value })),
    );
  replaceChild(node, 'filterref', child);
}

export function setLinkState(node: Element, state: 'up' | 'down'): void {
  replaceChild(node, 'link', element('link', { state }));
}

export function addInterface(domain: Element, node: Element): void {
  find(domain, 'devices')?.children.push(node);
}

/** Puts an interface in the place of the one with this MAC address, or at the end; undefined: takes that one away. */
export function replaceInterface(domain: Element, mac: string, node: Element | undefined): void {
  const devices = find(domain, 'devices');
  const old = interfaceOf(domain, mac);
  if (!devices) return;
  if (old) devices.children = devices.children.flatMap((child) => (child === old ? (node ?? []) : [child]));
  else if (node) devices.children.push(node);
}

export const removeInterface = (domain: Element, mac: string): void =>
  replaceInterface(domain, mac, undefined);

/** libvirt's alias of a device that is plugged. */
export const aliasOf = (node: Element): string | undefined => find(node, 'alias')?.attributes.name;

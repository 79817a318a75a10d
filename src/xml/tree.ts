import XMLBuilder from 'fast-xml-builder';
import { XMLParser } from 'fast-xml-parser';

/** An XML element: what libvirt's documents are read from and written to. Order is kept, comments are not. */
export interface Element {
  name: string;
  attributes: Record<string, string>;
  children: (Element | string)[];
}

const options = {
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  suppressBooleanAttributes: false,
} as const;

const parser = new XMLParser({
  ...options,
  trimValues: false,
  parseTagValue: false,
  parseAttributeValue: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
  htmlEntities: true, // for numeric references, which are not decoded otherwise
});
const builder = new XMLBuilder({ ...options, suppressEmptyNode: true });

/** fast-xml-parser's own form of a node when order is kept: one key is the tag, ':@' holds the attributes. */
type Ordered = Record<string, unknown>;

function fromOrdered(node: Ordered): Element | string {
  if ('#text' in node) return String(node['#text']);
  const name = Object.keys(node).find((key) => key !== ':@');
  if (name === undefined) throw new SyntaxError('an XML node without a name');
  const children = (node[name] as Ordered[]).map(fromOrdered);
  // Indentation between elements means nothing in libvirt's documents.
  const mixed = children.some((child) => typeof child !== 'string');
  return {
    name,
    attributes: { ...(node[':@'] as Record<string, string> | undefined) },
    children: mixed ? children.filter((child) => typeof child !== 'string' || child.trim() !== '') : children,
  };
}

function toOrdered(node: Element | string): Ordered {
  if (typeof node === 'string') return { '#text': node };
  return { [node.name]: node.children.map(toOrdered), ':@': node.attributes };
}

/**
 * Reads an XML document.
 * @throws SyntaxError when it has no root element, or several
 */
export function parseXml(xml: string): Element {
  const [root, ...more] = (parser.parse(xml) as Ordered[])
    .map(fromOrdered)
    .filter((node) => typeof node !== 'string');
  if (root === undefined) throw new SyntaxError('an XML document without a root element');
  if (more.length > 0) throw new SyntaxError('an XML document with more than one root element');
  return root;
}

/** Writes an element with everything in it; the builder escapes attributes and text. */
export function formatXml(root: Element): string {
  return builder.build([toOrdered(root)]);
}

/** Makes an element; attributes and children that are undefined are left out. */
export function element(
  name: string,
  attributes: Record<string, string | number | undefined> = {},
  children: (Element | string | undefined)[] = [],
): Element {
  return {
    name,
    attributes: Object.fromEntries(
      Object.entries(attributes).flatMap(([key, value]) =>
        value === undefined ? [] : [[key, String(value)]],
      ),
    ),
    children: children.filter((child) => child !== undefined),
  };
}

/** The child elements, all or those of one name. */
export function elements(parent: Element | undefined, name?: string): Element[] {
  return (parent?.children ?? []).filter(
    (child): child is Element => typeof child !== 'string' && (name === undefined || child.name === name),
  );
}

/** The first element down a path of names: `find(domain, 'devices', 'emulator')`. */
export function find(from: Element | undefined, ...path: string[]): Element | undefined {
  return path.reduce<Element | undefined>((parent, name) => elements(parent, name)[0], from);
}

/** The text inside an element, or undefined when it is not there. */
export function textOf(node: Element | undefined): string | undefined {
  return node?.children.filter((child) => typeof child === 'string').join('');
}

import { XMLValidator } from 'fast-xml-parser';
import { type Element, parseXml } from './tree.js';

/** How deep elements may lie in each other. */
const deepest = 8;
/** So much of what the checker says is told, characters. */
const longestReason = 200;
/** What is left of an ampersand that begins neither a number nor one of XML's own five. */
const unknownEntity = /&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9a-f]{1,6});)/i;

/** What XML's characters are: a reference to another is not well formed, and the parser would leave it out. */
const isCharacter = (code: number): boolean =>
  [0x9, 0xa, 0xd].includes(code) ||
  (code >= 0x20 && code <= 0xd7ff) ||
  (code >= 0xe000 && code <= 0xfffd) ||
  (code >= 0x10000 && code <= 0x10ffff);
const references = (text: string): number[] =>
  [...text.matchAll(/&#(x?)([0-9a-f]+);/gi)].map(([, hex, digits = '']) => parseInt(digits, hex ? 16 : 10));

/** Comment by comment: one expression would look for the end of each that has none in all that follows. */
function withoutComments(text: string): string {
  const kept: string[] = [];
  let at = 0;
  for (let begin = text.indexOf('<!--'); begin >= 0; begin = text.indexOf('<!--', at)) {
    const end = text.indexOf('-->', begin + 4);
    if (end < 0) break;
    kept.push(text.slice(at, begin));
    at = end + 3;
  }
  return kept.join('') + text.slice(at);
}

function depth({ children }: Element): number {
  const inner = children.flatMap((child) => (typeof child === 'string' ? [] : [depth(child)]));
  return 1 + Math.max(0, ...inner);
}

/**
 * Reads an XML document that a caller has given: well formed, without document type, entities or CDATA, and not deep.
 * @throws SyntaxError that says what is wrong
 */
export function parseUntrustedXml(text: string): Element {
  const bare = withoutComments(text);
  if (bare.includes('<!')) throw new SyntaxError('it must have no document type, entities or CDATA');
  if (unknownEntity.test(bare)) throw new SyntaxError('it has an & that begins no character reference');
  if (!references(bare).every(isCharacter))
    throw new SyntaxError('it has a reference to what is no character of XML');
  // The parser takes what is not well formed. Its own checker is pinned with it; the one that is to follow it has three
  // packages of its own.
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  const wellFormed = XMLValidator.validate(text);
  if (wellFormed !== true) {
    const { line, msg } = wellFormed.err;
    // it may name all elements that are open
    throw new SyntaxError(`it is not well formed in line ${line}: ${msg.slice(0, longestReason)}`);
  }
  let root: Element;
  try {
    root = parseXml(text);
  } catch (error) {
    throw new SyntaxError(`it cannot be read: ${(error as Error).message}`, { cause: error });
  }
  if (depth(root) > deepest)
    throw new SyntaxError(`its elements lie more than ${deepest} deep in each other`);
  return root;
}

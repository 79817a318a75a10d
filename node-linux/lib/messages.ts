import { endianness } from 'node:os';

/** The bits of an attribute's type that say how it is written. */
const typeMask = 0x3fff;
const headerBytes = 16;

const aligned = (length: number): number => (length + 3) & ~3;
const littleEndian = endianness() === 'LE';
const read16 = (bytes: Buffer, at: number): number =>
  littleEndian ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at);
const read32 = (bytes: Buffer, at: number): number =>
  littleEndian ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at);

/** A part of a dump: from this byte on, and up to the other. */
export interface Span {
  from: number;
  to: number;
}

/** Where the messages of a dump are, headers and all; up to one that is not whole. @see https://man7.org/linux/man-pages/man7/netlink.7.html */
export function messagesOf(dump: Buffer): Span[] {
  const messages: Span[] = [];
  for (let from = 0; from + headerBytes <= dump.length;) {
    const to = from + read32(dump, from);
    if (to < from + headerBytes || to > dump.length) break;
    messages.push({ from, to });
    from = aligned(to);
  }
  return messages;
}

/** What a message has behind its header. */
export const bodyOf = ({ from, to }: Span): Span => ({ from: from + headerBytes, to });

/**
 * Calls back for each attribute of a part that has nothing else, with where its content is, up to one that is not whole. There is
 * no array of them: dumps have ten thousands.
 */
export function eachAttribute(
  dump: Buffer,
  { from, to }: Span,
  tell: (type: number, content: Span) => void,
): void {
  for (let at = from; at + 4 <= to;) {
    const end = at + read16(dump, at);
    if (end < at + 4 || end > to) break;
    tell(read16(dump, at + 2) & typeMask, { from: at + 4, to: end });
    at = aligned(end);
  }
}

/** The content of the first attribute of a type; undefined without one. */
export function attributeOf(dump: Buffer, within: Span, wanted: number): Span | undefined {
  let found: Span | undefined;
  eachAttribute(dump, within, (type, content) => {
    if (type === wanted) found ??= content;
  });
  return found;
}

/** The content of an attribute that is a string, without the zero at its end. */
export const textAt = (dump: Buffer, { from, to }: Span): string => dump.toString('latin1', from, to - 1);

/** An attribute that is a string. */
export function textAttribute(type: number, text: string): Buffer {
  const length = 4 + Buffer.byteLength(text, 'latin1') + 1;
  const bytes = Buffer.alloc(aligned(length));
  const header = new Uint16Array([length, type]);
  bytes.set(new Uint8Array(header.buffer));
  bytes.write(text, 4, 'latin1');
  return bytes;
}

/** What an image's header says may not be followed; the message goes on from "the image". */
export class ImageFault extends Error {}

/** The image that a qcow2 image stands on: its name as it is written there, and its format, which is said there too. */
export interface Backing {
  name: string;
  format: 'raw' | 'qcow2';
}

/** So much of an image is looked at, bytes. libvirt and qemu-img keep names within the first few hundred. */
export const headBytes = 65_536;

const magic = 0x514649fb; // QFI\xfb
const extensions = { end: 0, backingFormat: 0xe2792aca, dataFile: 0x44415441 };
const externalDataFile = 0x4;
/** QEMU's own limit, bytes. */
const longestName = 1023;

/** A text of the header: whoever reads it after us must not see another one in the same bytes. */
function textAt(head: Buffer, offset: number, length: number): string {
  const bytes = head.subarray(offset, offset + length);
  const text = bytes.toString('utf8');
  // eslint-disable-next-line no-control-regex -- they are what is looked for
  if (!Buffer.from(text).equals(bytes) || /[\u0000-\u001f\u007f]/.test(text)) {
    throw new ImageFault('names a file in bytes that are no text');
  }
  return text;
}

/** The format of the backing image. @throws ImageFault for an external data file, and for a list that does not end */
function readExtensions(head: Buffer, start: number, end: number): string | undefined {
  let format: string | undefined;
  let at = start;
  while (at + 8 <= end) {
    const type = head.readUInt32BE(at);
    const length = head.readUInt32BE(at + 4);
    if (type === extensions.end) return format;
    if (type === extensions.dataFile) throw new ImageFault('has its data in another file');
    if (length > end - at - 8) throw new ImageFault('has a header that breaks off');
    if (type === extensions.backingFormat) {
      if (format !== undefined) throw new ImageFault('names the format of its backing image twice');
      format = textAt(head, at + 8, length);
    }
    at += 8 + Math.ceil(length / 8) * 8;
  }
  if (at === start) return undefined; // no room for one
  throw new ImageFault('has a header that breaks off');
}

/** Names are of files: QEMU would take what stands before a colon for a protocol. */
function demandFileName(name: string): void {
  if (/^[^/]*:/.test(name)) throw new ImageFault('stands on something that is no file');
}

/**
 * What a qcow2 image stands on, by the first bytes of its file; undefined: nothing. A guest may have written them, so what
 * libvirt and QEMU might read in different ways is refused rather than understood.
 * @param head the first `headBytes` of the image, or all of it
 * @throws ImageFault
 */
export function readQcow2(head: Buffer): Backing | undefined {
  if (head.length < 72 || head.readUInt32BE(0) !== magic) throw new ImageFault('is no qcow2 image');
  const version = head.readUInt32BE(4);
  if (version !== 2 && version !== 3)
    throw new ImageFault(`is a qcow2 image of version ${version}, not 2 or 3`);
  const clusterBits = head.readUInt32BE(20);
  if (clusterBits < 9 || clusterBits > 21)
    throw new ImageFault('has clusters of a size that qcow2 does not have');
  const cluster = 2 ** clusterBits;
  let headerEnd = 72;
  if (version === 3) {
    if (head.length < 104) throw new ImageFault('has a header that breaks off');
    if ((head.readBigUInt64BE(72) & BigInt(externalDataFile)) !== 0n)
      throw new ImageFault('has its data in another file');
    headerEnd = head.readUInt32BE(100);
    if (headerEnd < 104 || headerEnd > cluster) throw new ImageFault('has a header of an impossible length');
  }
  const seen = Math.min(head.length, cluster);
  const offset = head.readBigUInt64BE(8);
  const length = head.readUInt32BE(16);
  if (offset === 0n && length === 0) {
    readExtensions(head, headerEnd, seen);
    return undefined;
  }
  if (offset < BigInt(headerEnd) || length > longestName || offset + BigInt(length) > BigInt(seen))
    throw new ImageFault('names its backing image outside of its header');
  const at = Number(offset);
  const format = readExtensions(head, headerEnd, at);
  if (length === 0) return undefined;
  const name = textAt(head, at, length);
  demandFileName(name);
  if (format === undefined)
    throw new ImageFault('does not say the format of its backing image, which would be guessed');
  if (format !== 'raw' && format !== 'qcow2')
    throw new ImageFault('stands on an image that is neither raw nor qcow2');
  return { name, format };
}

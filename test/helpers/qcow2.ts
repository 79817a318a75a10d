/** What a test image's header says, and what is wrong with it. */
export interface Header {
  version?: number;
  clusterBits?: number;
  /** Feature bits that a reader must know. */
  incompatible?: bigint;
  headerLength?: number;
  backing?: string | Buffer;
  /** Instead of where the name really is, and how long. */
  backingOffset?: bigint;
  backingLength?: number;
  extensions?: [type: number, data: string, length?: number][];
  /** Whether the list of extensions ends as it has to. */
  ends?: boolean;
}

/** The extensions of a header that name something. */
export const backingFormat = 0xe2792aca;
export const dataFile = 0x44415441;

function extension([type, data, length]: [type: number, data: string, length?: number]): Buffer {
  const bytes = Buffer.from(data);
  const padded = Buffer.alloc(8 + Math.ceil(bytes.length / 8) * 8);
  padded.writeUInt32BE(type, 0);
  padded.writeUInt32BE(length ?? bytes.length, 4);
  bytes.copy(padded, 8);
  return padded;
}

/** The first cluster of a qcow2 image, built by hand: no tool would write such ones. */
export function qcow2({
  version = 3,
  clusterBits = 16,
  incompatible = 0n,
  headerLength = 104,
  backing,
  backingOffset,
  backingLength,
  extensions = [],
  ends = true,
}: Header = {}): Buffer {
  const fixed = Buffer.alloc(version === 2 ? 72 : headerLength);
  const more = [...extensions, ...(ends ? ([[0, '']] as [number, string][]) : [])].map(extension);
  const name = Buffer.from(backing ?? '');
  const nameAt = fixed.length + Buffer.concat(more).length;
  fixed.writeUInt32BE(0x514649fb, 0);
  fixed.writeUInt32BE(version, 4);
  fixed.writeBigUInt64BE(backingOffset ?? (backing === undefined ? 0n : BigInt(nameAt)), 8);
  fixed.writeUInt32BE(backingLength ?? name.length, 16);
  fixed.writeUInt32BE(clusterBits, 20);
  fixed.writeBigUInt64BE(2n ** 20n, 24);
  if (version !== 2) {
    fixed.writeBigUInt64BE(incompatible, 72);
    fixed.writeUInt32BE(4, 96);
    fixed.writeUInt32BE(headerLength, 100);
  }
  const head = Buffer.concat([fixed, ...more, name]);
  return Buffer.concat([head, Buffer.alloc(Math.max(0, 2 ** Math.min(clusterBits, 16) - head.length))]);
}

/** One that stands on another image. */
export const standsOn = (backing: string, format = 'raw'): Buffer =>
  qcow2({ backing, extensions: [[backingFormat, format]] });

/** One member of an initramfs. */
export type Entry = { path: string } & (
  | { kind: 'directory' }
  | { kind: 'file'; data: Buffer }
  | { kind: 'link'; target: string }
  | { kind: 'character'; major: number; minor: number }
);

const types = { directory: 0o040755, file: 0o100755, link: 0o120777, character: 0o020600 };

/** A cpio archive in the kernel's "newc" form: written here, so that it needs no root and is the same each time. */
export function newc(entries: Entry[]): Buffer {
  const parts = entries.flatMap((entry, i) =>
    member(entry.path, i + 1, types[entry.kind], content(entry), device(entry)),
  );
  return Buffer.concat([...parts, ...member('TRAILER!!!', 0, 0, Buffer.alloc(0), [0, 0])]);
}

function content(entry: Entry): Buffer {
  if (entry.kind === 'file') return entry.data;
  return entry.kind === 'link' ? Buffer.from(entry.target) : Buffer.alloc(0);
}

const device = (entry: Entry): [number, number] =>
  entry.kind === 'character' ? [entry.major, entry.minor] : [0, 0];

function member(path: string, inode: number, mode: number, data: Buffer, rdev: [number, number]): Buffer[] {
  const name = Buffer.from(`${path}\0`);
  const fields = [inode, mode, 0, 0, 1, 0, data.length, 0, 0, ...rdev, name.length, 0];
  const head = Buffer.from(`070701${fields.map((field) => field.toString(16).padStart(8, '0')).join('')}`);
  return [head, name, fill(head.length + name.length), data, fill(data.length)];
}

const fill = (length: number): Buffer => Buffer.alloc((4 - (length % 4)) % 4);

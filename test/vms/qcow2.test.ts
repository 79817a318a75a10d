import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import t from 'tap';
import { headBytes, ImageFault, readQcow2 } from '../../src/vms/qcow2.js';
import { backingFormat, dataFile, type Header, qcow2, standsOn } from '../helpers/qcow2.js';

const raw: [number, string] = [backingFormat, 'raw'];
const good: [what: string, image: Buffer, backing: object | undefined][] = [
  ['nothing below', qcow2(), undefined],
  ['of version 2', qcow2({ version: 2 }), undefined],
  ['an absolute name', standsOn('/images/base'), { name: '/images/base', format: 'raw' }],
  ['a relative name', standsOn('sub/base', 'qcow2'), { name: 'sub/base', format: 'qcow2' }],
  ['version 2 with its format', qcow2({ version: 2, backing: 'b', extensions: [raw] }), { name: 'b' }],
  ['a colon in a directory', standsOn('/a:b/c'), { name: '/a:b/c' }],
  ['not only ASCII', standsOn('/images/größe'), { name: '/images/größe' }],
  ['other extensions', qcow2({ backing: 'b', extensions: [[0x6803f857, 'table'], raw] }), { name: 'b' }],
  ['a longer header', qcow2({ headerLength: 112, backing: 'b', extensions: [raw] }), { name: 'b' }],
  ['small clusters', qcow2({ clusterBits: 9, backing: 'b', extensions: [raw] }), { name: 'b' }],
  ['an empty name', qcow2({ backing: '' }), undefined],
];
for (const [what, image, backing] of good) {
  await t.test(`read: ${what}`, (t) => {
    if (backing === undefined) t.equal(readQcow2(image), undefined);
    else t.match(readQcow2(image), backing);
    t.end();
  });
}

const hostile: Record<string, [Header, says: RegExp]> = {
  'version 1': [{ version: 1 }, /version 1/],
  'version 4': [{ version: 4 }, /version 4/],
  'tiny clusters': [{ clusterBits: 8 }, /clusters/],
  'huge clusters': [{ clusterBits: 31 }, /clusters/],
  'a data file': [{ incompatible: 4n }, /data in another file/],
  'a data file among other features': [{ incompatible: 0x1dn }, /data in another file/],
  'the name of a data file alone': [{ extensions: [[dataFile, '/etc/shadow']] }, /data in another file/],
  'the name of a data file after a format': [
    { backing: 'b', extensions: [raw, [dataFile, 'x']] },
    /data in another file/,
  ],
  'no format': [{ backing: '/images/base' }, /does not say the format/],
  'no format, as version 2 had it': [{ version: 2, backing: 'b', ends: false }, /does not say the format/],
  'two formats': [{ backing: 'b', extensions: [raw, [backingFormat, 'qcow2']] }, /twice/],
  'a VMDK below': [{ backing: 'b', extensions: [[backingFormat, 'vmdk']] }, /neither raw nor qcow2/],
  'a format in other letters': [{ backing: 'b', extensions: [[backingFormat, 'RAW']] }, /neither raw nor/],
  'a format with more behind it': [{ backing: 'b', extensions: [[backingFormat, 'raw\0qcow2']] }, /no text/],
  'json:': [{ backing: 'json:{"driver":"file","filename":"/etc/shadow"}', extensions: [raw] }, /no file/],
  'nbd:': [{ backing: 'nbd:localhost:10809', extensions: [raw] }, /no file/],
  'http:': [{ backing: 'http://localhost/x', extensions: [raw] }, /no file/],
  'file:': [{ backing: 'file:/etc/shadow', extensions: [raw] }, /no file/],
  'a NUL in the name': [{ backing: '/images/a\0/../b', extensions: [raw] }, /no text/],
  'a name that is not UTF-8': [{ backing: Buffer.from([0x2f, 0xff]), extensions: [raw] }, /no text/],
  'a name behind the end': [{ backingOffset: 2n ** 40n, backingLength: 8 }, /outside of its header/],
  'a name behind all numbers': [{ backingOffset: 2n ** 64n - 1n, backingLength: 8 }, /outside of its header/],
  'a name in the header itself': [{ backingOffset: 8n, backingLength: 8 }, /outside of its header/],
  'a name that goes over the end': [{ backingOffset: 65_530n, backingLength: 100 }, /outside of its header/],
  'a name over the end of its cluster': [
    { clusterBits: 9, backingOffset: 500n, backingLength: 40 },
    /outside of its header/,
  ],
  'a length without an offset': [{ backingOffset: 0n, backingLength: 8 }, /outside of its header/],
  'a long name': [{ backing: `/${'a'.repeat(1023)}`, extensions: [raw] }, /outside of its header/],
  'a huge name': [{ backing: 'b', backingLength: 0xffffffff, extensions: [raw] }, /outside of its header/],
  'no end of its extensions': [{ extensions: [raw], ends: false, backing: 'b' }, /breaks off/],
  'a huge extension': [{ extensions: [[1, 'x', 0xffffffff]] }, /breaks off/],
  'an extension over the name': [{ backing: 'b', extensions: [[1, 'x', 40]] }, /breaks off/],
};
for (const [what, [header, says]] of Object.entries(hostile)) {
  await t.test(`refused: ${what}`, (t) => {
    t.throws(() => readQcow2(qcow2(header)), { constructor: ImageFault, message: says });
    t.end();
  });
}

await t.test('refused: a header of an impossible length', (t) => {
  for (const length of [0, 72, 103, 65_537, 0xffffffff]) {
    const image = qcow2();
    image.writeUInt32BE(length, 100);
    t.throws(() => readQcow2(image), { constructor: ImageFault, message: /impossible length/ });
  }
  t.end();
});

await t.test('refused: extensions without an end', (t) => {
  const image = qcow2({ clusterBits: 21 });
  for (let at = 104; at + 8 <= image.length; at += 8) image.writeUInt32BE(1, at);
  t.throws(() => readQcow2(image), { constructor: ImageFault, message: /breaks off/ });
  t.end();
});

await t.test('refused: what is no qcow2 image, or the beginning of one', (t) => {
  const image = qcow2();
  for (const bytes of [Buffer.alloc(0), Buffer.from('root:x:0:0'), Buffer.alloc(4096)])
    t.throws(() => readQcow2(bytes), { constructor: ImageFault, message: 'is no qcow2 image' });
  for (const length of [1, 71, 72, 103])
    t.throws(() => readQcow2(image.subarray(0, length)), { constructor: ImageFault, message: /./ });
  t.end();
});

await t.test('whatever the bytes, it is read or refused', (t) => {
  const image = standsOn('/images/base');
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { maxLength: 8 }),
      fc.nat(image.length),
      (changes, length) => {
        const head = Buffer.from(image.subarray(0, length));
        for (const [at, byte] of changes) if (at > 3 && at < length) head[at] = byte;
        try {
          const backing = readQcow2(head);
          return backing === undefined || ['raw', 'qcow2'].includes(backing.format);
        } catch (error) {
          return error instanceof ImageFault;
        }
      },
    ),
  );
  t.end();
});

const hasTool = (() => {
  try {
    return Boolean(execFileSync('qemu-img', ['--version']));
  } catch {
    return false;
  }
})();
await t.test('what qemu-img writes', { skip: !hasTool && 'qemu-img is not installed' }, (t) => {
  const directory = t.testdir({ base: 'x'.repeat(512) });
  const make = (name: string, ...args: string[]): Buffer => {
    execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', ...args, name, '1M'], { cwd: directory });
    return readFileSync(`${directory}/${name}`).subarray(0, headBytes);
  };
  t.equal(readQcow2(make('plain')), undefined);
  for (const options of [
    'compat=0.10',
    'compat=1.1,compression_type=zstd',
    'cluster_size=512',
    'cluster_size=2M',
  ]) {
    t.equal(readQcow2(make('o', '-o', options)), undefined, options);
    const overlay = make('p', '-o', options, '-b', 'base', '-F', 'raw');
    t.strictSame(readQcow2(overlay), { name: 'base', format: 'raw' }, options);
  }
  t.throws(() => readQcow2(make('q', '-o', 'data_file=elsewhere')), { message: /data in another file/ });
  t.end();
});

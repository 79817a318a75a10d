import { readFileSync, writeFileSync } from 'node:fs';
import { Connection } from 'node-libvirt';
import t from 'tap';
import type { DiskInput } from '../../src/schemas/disk.js';
import { checkCdrom, checkDisk } from '../../src/vms/disks.js';
import { backingFormat, dataFile, qcow2, standsOn } from '../helpers/qcow2.js';

const root = t.testdir({
  secret: 'root:x:0:0',
  images: {
    raw: 'any bytes',
    sub: {},
    'link-outside': t.fixture('symlink', '../secret'),
    'virtwarden-seeds': { 'a.iso': '' },
  },
});
const images = `${root}/images`;
const connection = await Connection.open('test:///default');
t.teardown(() => connection.close());
const context = { connection, imageDirs: [images], ownPaths: [] };
const check = (disk: DiskInput) => checkDisk(context, disk, '/disks/0');
const put = (name: string, image: Buffer): void => writeFileSync(`${images}/${name}`, image);

put('image', qcow2());

await t.test('a file is taken for qcow2 unless it is said to be raw, a CD-ROM for raw', async (t) => {
  const path = `${images}/image`;
  t.strictSame(await check({ path }), { source: { path, format: 'qcow2' }, readOnly: false });
  t.strictSame(await check({ path, format: 'raw', readOnly: true }), {
    source: { path, format: 'raw' },
    readOnly: true,
  });
  t.strictSame(await checkCdrom(context, { path }, '/cdrom'), { path, format: 'raw' });
});

await t.test('an image on images in allowed directories, by any names', async (t) => {
  put('one', standsOn(`${images}/raw`));
  put('sub/two', standsOn('../one', 'qcow2'));
  put('three', standsOn('sub/two', 'qcow2'));
  t.match(await check({ path: `${images}/three` }), { source: { format: 'qcow2' } });
});

await t.test(
  'one said to be raw is not looked into: that is what it says to be, whatever is in it',
  async (t) => {
    put('disguised', standsOn('/etc/passwd'));
    t.match(await check({ path: `${images}/disguised`, format: 'raw' }), { source: { format: 'raw' } });
    put('on-disguised', standsOn('disguised', 'raw'));
    t.match(await check({ path: `${images}/on-disguised` }), { source: { format: 'qcow2' } });
  },
);

const elsewhere = `stands on an image that is not a file in an allowed directory (${images})`;
const hostile: Record<string, [image: Buffer, message: string | RegExp]> = {
  'on a file of the host': [standsOn('/etc/passwd'), elsewhere],
  'on one beside the directory': [standsOn('../secret'), elsewhere],
  'on one by way of /proc': [standsOn('/proc/self/root/etc/passwd'), elsewhere],
  'on one by a link': [standsOn('link-outside'), elsewhere],
  'on one that is not there': [standsOn('missing'), elsewhere],
  'on a seed': [standsOn('virtwarden-seeds/a.iso'), elsewhere],
  'on a device': [standsOn('/dev/null'), elsewhere],
  'on a directory': [standsOn('sub'), 'stands on an image that is not a regular file'],
  'on a raw one said to be qcow2': [standsOn('raw', 'qcow2'), 'stands on an image that is no qcow2 image'],
  'on itself': [standsOn('hostile', 'qcow2'), 'stands on too long a chain of images'],
  'on json:': [
    standsOn('json:{"driver":"host_device","filename":"/dev/sda"}'),
    'stands on something that is no file',
  ],
  'in another file': [
    qcow2({ incompatible: 4n, extensions: [[dataFile, '/etc/passwd']] }),
    'has its data in another file',
  ],
  'on one whose format is to be guessed': [qcow2({ backing: 'raw' }), /would be guessed/],
  'on a VMDK': [qcow2({ backing: 'raw', extensions: [[backingFormat, 'vmdk']] }), /neither raw nor qcow2/],
};
for (const [what, [image, message]] of Object.entries(hostile)) {
  await t.test(`refused: an image ${what}`, async (t) => {
    put('hostile', image);
    const problem = { type: 'path-not-allowed', status: 422, errors: [{ path: '/disks/0/path', message }] };
    await t.rejects(check({ path: `${images}/hostile` }), problem);
    put('on-hostile', standsOn('hostile', 'qcow2'));
    await t.rejects(
      check({ path: `${images}/on-hostile` }),
      { type: 'path-not-allowed', errors: [{ path: '/disks/0/path', message: /^stands on / }] },
      'and further down',
    );
  });
}

await t.test('a file that is no qcow2 image is not used as one', async (t) => {
  await t.rejects(check({ path: `${images}/raw` }), {
    type: 'path-not-allowed',
    errors: [{ path: '/disks/0/path', message: 'is no qcow2 image' }],
  });
  t.equal(readFileSync(`${images}/raw`, 'utf8'), 'any bytes');
});

const refused: [disk: DiskInput, type: string, field: string][] = [
  [{}, 'invalid-request', ''],
  [{ pool: 'default-pool' }, 'invalid-request', ''],
  [{ volume: 'v' }, 'invalid-request', ''],
  [{ path: `${images}/image`, pool: 'default-pool', volume: 'v' }, 'invalid-request', ''],
  [{ path: `${images}/image`, volume: 'v' }, 'invalid-request', ''],
  [{ pool: 'default-pool', volume: 'v', format: 'raw' }, 'invalid-request', '/format'],
  [{ pool: 'missing', volume: 'v' }, 'volume-not-found', '/pool'],
  [{ pool: 'default-pool', volume: 'missing' }, 'volume-not-found', '/volume'],
  [{ pool: 'default-pool', volume: '../../etc/passwd' }, 'volume-not-found', '/volume'],
  [{ path: `${images}/missing` }, 'path-not-allowed', '/path'],
  [{ path: '/etc/passwd' }, 'path-not-allowed', '/path'],
];
for (const [disk, type, field] of refused) {
  await t.test(`${type}: ${Object.keys(disk).join(', ')}`, async (t) => {
    await t.rejects(check(disk), { type, errors: [{ path: `/disks/0${field}` }] });
  });
}

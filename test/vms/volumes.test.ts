import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { Connection } from 'node-libvirt';
import t from 'tap';
import type { DiskInput } from '../../src/schemas/disk.js';
import { planDisk } from '../../src/vms/disks.js';
import { deleteVolume, demandVolume, makeVolume } from '../../src/vms/volumes.js';
import { qcow2, standsOn } from '../helpers/qcow2.js';

const root = t.testdir({ secret: 'root:x:0:0', pool: {}, other: { base: '' } });
const connection = await Connection.open('test:///default');
t.teardown(() => connection.close());
const context = { connection, imageDirs: ['/images'], ownPaths: [] };
const pool = 'p';
const GiB = 2 ** 30;
const plan = (disk: DiskInput) => planDisk(context, disk, 'vm-0-1234', '/disks/0');

const directoryPool = (name: string): string =>
  `<pool type='dir'><name>${name}</name><target><path>${root}/${name}</path></target></pool>`;
await (await connection.storagePoolCreateXML(directoryPool('pool').replace('>pool<', '>p<'))).close();

interface Made {
  /** What libvirt takes it for. */
  format?: string;
  capacity?: number;
  /** What is in its file: none is made when undefined. */
  content?: Buffer | string;
}

/** A volume: the test driver knows of it, and has no file for it. */
async function volume(name: string, { format = 'raw', capacity = GiB, content }: Made = {}): Promise<void> {
  await using storagePool = await connection.lookupStoragePoolByName(pool);
  await using made = await storagePool.createVolXML(
    `<volume><name>${name}</name><capacity>${capacity}</capacity>
     <target><format type='${format}'/></target></volume>`,
  );
  t.teardown(() => deleteVolume(connection, { pool, volume: made.name }));
  if (content !== undefined) writeFileSync(`${root}/pool/${name}`, content);
}
const backed = (path: string, format?: string): Made => ({
  format: 'qcow2',
  content: standsOn(path, format),
});

// before any test: tap takes a wait between two of them for the end
await volume('big', { capacity: 3 * GiB, content: 'big' });
await volume('iso', { format: 'iso', content: '' });
await volume('safe', backed(`${root}/pool/big`));
await volume('beside', backed('safe', 'qcow2'));
await volume('evil', backed('/etc/shadow'));
await volume('evil2', backed('evil', 'qcow2'));
await volume('upwards', backed('../secret'));
await volume('near', backed(`${root}/pool/../pool/big`));
await volume('loop', backed('loop', 'qcow2'));
await volume('foreign', backed(`${root}/other/base`));
await volume('network', backed('nbd:localhost:1'));
await volume('split', { format: 'qcow2', content: qcow2({ incompatible: 4n }) });
await volume('guessed', { format: 'qcow2', content: qcow2({ backing: 'big' }) });
await volume('parts', { format: 'vmdk', content: 'KDMV' });
await volume('gone');
await volume('link');
symlinkSync('../secret', `${root}/pool/link`);
await volume('on-link', backed('link'));
await volume('link-inside');
symlinkSync('big', `${root}/pool/link-inside`);
await volume('device');
symlinkSync('/dev/null', `${root}/pool/device`);
await volume('fifo');
execFileSync('mkfifo', [`${root}/pool/fifo`]);
await volume('directory');
mkdirSync(`${root}/pool/directory`);
mkdirSync(`${root}/virtwarden-seeds`);
await (await connection.storagePoolCreateXML(directoryPool('virtwarden-seeds'))).close();
writeFileSync(`${root}/virtwarden-seeds/seed`, '');
await (async () => {
  await using seeds = await connection.lookupStoragePoolByName('virtwarden-seeds');
  await (await seeds.createVolXML(`<volume><name>seed</name><capacity>1</capacity></volume>`)).close();
})();
await volume('on-seed', backed(`${root}/virtwarden-seeds/seed`));

await t.test('a new volume: qcow2 where the pool holds files, raw on request', async (t) => {
  t.strictSame(await plan({ pool, sizeGiB: 2, readOnly: true }), {
    disk: { source: { pool, volume: 'vm-0-1234.qcow2', format: 'qcow2' }, readOnly: true },
    volume: { pool, spec: { name: 'vm-0-1234.qcow2', capacityBytes: 2 * GiB, format: 'qcow2', thin: true } },
  });
  t.match((await plan({ pool, sizeGiB: 2, format: 'raw' })).volume, { spec: { name: 'vm-0-1234.raw' } });
});

await t.test('a new volume on another one, whose format is what libvirt knows it to be', async (t) => {
  await volume('base', { content: '' });
  const planned = await plan({ pool, sizeGiB: 1, backing: { pool, volume: 'base' } });
  t.match(planned.volume, { spec: { format: 'qcow2', backing: { path: /base$/, format: 'raw' } } });
});

await t.test('it is made and deleted; that it is gone already is no fault', async (t) => {
  const { volume: planned } = await plan({ pool, sizeGiB: 1 });
  if (!planned) throw new Error('no volume');
  const name = { pool, volume: planned.spec.name };
  await makeVolume(connection, planned);
  writeFileSync(`${root}/pool/${name.volume}`, qcow2());
  t.match(await demandVolume(context, name, ''), { format: 'qcow2', capacityBytes: GiB });
  await deleteVolume(connection, name);
  await deleteVolume(connection, name);
  await t.rejects(demandVolume(context, name, ''), {
    type: 'volume-not-found',
    message: /does not have: vm-0/,
  });
});

const onVolume = (name: string, more: DiskInput = {}): DiskInput => ({
  pool,
  sizeGiB: 4,
  backing: { pool, volume: name },
  ...more,
});
const refused: [what: string, disk: DiskInput, type: string, field: string][] = [
  ['no size', { pool, backing: { pool, volume: 'big' } }, 'invalid-request', ''],
  ['no pool', { sizeGiB: 1 }, 'invalid-request', ''],
  ['a volume and a size', { pool, volume: 'big', sizeGiB: 1 }, 'invalid-request', ''],
  ['a path and a size', { path: '/images/x', sizeGiB: 1 }, 'invalid-request', ''],
  ['no such pool', { pool: 'missing', sizeGiB: 1 }, 'volume-not-found', '/pool'],
  ['no such backing', onVolume('missing'), 'volume-not-found', '/backing/volume'],
  [
    'no such pool of the backing',
    onVolume('', { backing: { pool: 'x', volume: 'y' } }),
    'volume-not-found',
    '/backing/pool',
  ],
  ['smaller than its backing', onVolume('big', { sizeGiB: 2 }), 'invalid-request', '/sizeGiB'],
  ['raw on a backing', onVolume('big', { format: 'raw' }), 'invalid-request', '/format'],
  ['on a CD-ROM image', onVolume('iso'), 'volume-refused', '/backing/volume'],
  ['on an image on a file of the host', onVolume('evil'), 'volume-refused', '/backing/volume'],
  ['the same further down', onVolume('evil2'), 'volume-refused', '/backing/volume'],
  ['the same without a new volume', { pool, volume: 'evil2' }, 'volume-refused', '/volume'],
  ...[
    'evil',
    'upwards',
    'near',
    'loop',
    'foreign',
    'network',
    'split',
    'guessed',
    'parts',
    'gone',
    'link',
    'on-link',
    'device',
    'fifo',
    'directory',
    'on-seed',
  ].map((name): (typeof refused)[number] => [
    `the volume ${name}`,
    { pool, volume: name },
    'volume-refused',
    '/volume',
  ]),
  ['a seed', { pool: 'virtwarden-seeds', volume: 'seed' }, 'volume-refused', '/volume'],
];
for (const [what, disk, type, field] of refused) {
  await t.test(`refused: ${what}`, async (t) => {
    await t.rejects(plan(disk), { type, errors: [{ path: `/disks/0${field}` }] });
  });
}
await t.test('what the service keeps for itself is refused in a pool, too', async (t) => {
  const own = { ...context, ownPaths: [`${root}/pool/big`] };
  for (const name of ['big', 'safe', 'link-inside'])
    await t.rejects(
      demandVolume(own, { pool, volume: name }, ''),
      { type: 'volume-refused', message: /not for VMs/ },
      name,
    );
});

await t.test('a volume that is used as raw is not looked into', async (t) => {
  t.match(await demandVolume(context, { pool, volume: 'evil' }, '', 'raw'), { chain: [{ format: 'raw' }] });
});

await t.test('the image of a CD-ROM is raw to QEMU', async (t) => {
  t.match(await plan({ pool, volume: 'iso' }), { disk: { source: { volume: 'iso', format: 'raw' } } });
});

await t.test('a chain of volumes is good, and a link in the pool', async (t) => {
  t.match(await plan({ pool, volume: 'beside' }), { disk: { source: { format: 'qcow2' } } });
  t.match(await plan({ pool, volume: 'link-inside' }), { disk: { source: { volume: 'link-inside' } } });
  t.match(await plan({ pool, volume: 'safe' }), { disk: { source: { volume: 'safe', format: 'qcow2' } } });
});

await t.test('a pool that is not started', async (t) => {
  await using stopped = await connection.storagePoolDefineXML(
    `<pool type='dir'><name>stopped</name><target><path>/stopped</path></target></pool>`,
  );
  await t.rejects(plan({ pool: 'stopped', sizeGiB: 1 }), {
    type: 'pool-unsuitable',
    errors: [{ path: '/disks/0/pool' }],
  });
  await stopped.undefine();
});

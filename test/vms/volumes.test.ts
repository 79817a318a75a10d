import { Connection } from 'node-libvirt';
import t from 'tap';
import type { DiskInput } from '../../src/schemas/disk.js';
import { planDisk } from '../../src/vms/disks.js';
import { deleteVolume, demandVolume, makeVolume } from '../../src/vms/volumes.js';

const connection = await Connection.open('test:///default');
t.teardown(() => connection.close());
const pool = 'default-pool';
const GiB = 2 ** 30;
const plan = (disk: DiskInput) => planDisk(connection, disk, ['/images'], 'vm-0-1234', '/disks/0');

async function volume(name: string, { format = 'raw', backing = '', capacity = GiB } = {}): Promise<void> {
  await using storagePool = await connection.lookupStoragePoolByName(pool);
  const store = backing && `<backingStore><path>${backing}</path><format type='raw'/></backingStore>`;
  await using made = await storagePool.createVolXML(
    `<volume><name>${name}</name><capacity>${capacity}</capacity>
     <target><format type='${format}'/></target>${store}</volume>`,
  );
  t.teardown(() => deleteVolume(connection, { pool, volume: made.name }));
}

// before any test: tap takes a wait between two of them for the end
await volume('big', { capacity: 3 * GiB });
await volume('iso', { format: 'iso' });
await volume('safe', { format: 'qcow2', backing: '/default-pool/big' });
await volume('evil', { format: 'qcow2', backing: '/etc/shadow' });
await volume('evil2', { format: 'qcow2', backing: '/default-pool/evil' });
await volume('loop', { format: 'qcow2', backing: '/default-pool/loop' });
await volume('seed', { format: 'qcow2', backing: '/images/virtwarden-seeds/x.iso' });

await t.test('a new volume: qcow2 where the pool holds files, raw on request', async (t) => {
  t.strictSame(await plan({ pool, sizeGiB: 2, readOnly: true }), {
    disk: { source: { pool, volume: 'vm-0-1234.qcow2', format: 'qcow2' }, readOnly: true },
    volume: { pool, spec: { name: 'vm-0-1234.qcow2', capacityBytes: 2 * GiB, format: 'qcow2', thin: true } },
  });
  t.match((await plan({ pool, sizeGiB: 2, format: 'raw' })).volume, { spec: { name: 'vm-0-1234.raw' } });
});

await t.test('a new volume on another one, whose format is what libvirt knows it to be', async (t) => {
  await volume('base', { format: 'raw' });
  const planned = await plan({ pool, sizeGiB: 1, backing: { pool, volume: 'base' } });
  t.match(planned.volume, { spec: { format: 'qcow2', backing: { path: /base$/, format: 'raw' } } });
});

await t.test('it is made and deleted; that it is gone already is no fault', async (t) => {
  const { volume: planned } = await plan({ pool, sizeGiB: 1 });
  if (!planned) throw new Error('no volume');
  const name = { pool, volume: planned.spec.name };
  await makeVolume(connection, planned);
  t.match(await demandVolume(connection, name, ''), { format: 'qcow2', capacityBytes: GiB });
  await deleteVolume(connection, name);
  await deleteVolume(connection, name);
  await t.rejects(demandVolume(connection, name, ''), {
    type: 'volume-not-found',
    message: /does not have: vm-0/,
  });
});

const backed = (name: string, more: DiskInput = {}): DiskInput => ({
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
  ['no such backing', backed('missing'), 'volume-not-found', '/backing/volume'],
  [
    'no such pool of the backing',
    backed('', { backing: { pool: 'x', volume: 'y' } }),
    'volume-not-found',
    '/backing/pool',
  ],
  ['smaller than its backing', backed('big', { sizeGiB: 2 }), 'invalid-request', '/sizeGiB'],
  ['raw on a backing', backed('big', { format: 'raw' }), 'invalid-request', '/format'],
  ['on a CD-ROM image', backed('iso'), 'volume-refused', '/backing/volume'],
  ['on an image on a file of the host', backed('evil'), 'volume-refused', '/backing/volume'],
  ['the same further down', backed('evil2'), 'volume-refused', '/backing/volume'],
  ['the same without a new volume', { pool, volume: 'evil2' }, 'volume-refused', '/volume'],
  ['an image that stands on itself', { pool, volume: 'loop' }, 'volume-refused', '/volume'],
  ['an image on a seed', { pool, volume: 'seed' }, 'volume-refused', '/volume'],
];
for (const [what, disk, type, field] of refused) {
  await t.test(`refused: ${what}`, async (t) => {
    await t.rejects(plan(disk), { type, errors: [{ path: `/disks/0${field}` }] });
  });
}
await t.test('a chain of volumes is good', async (t) => {
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

import { Connection } from 'node-libvirt';
import t from 'tap';
import type { DiskInput } from '../../src/schemas/disk.js';
import { checkCdrom, checkDisk } from '../../src/vms/disks.js';

const images = t.testdir({ disk: '' });
const connection = await Connection.open('test:///default');
t.teardown(() => connection.close());
const check = (disk: DiskInput) => checkDisk(connection, disk, [images], '/disks/0');

await t.test('a file is taken for qcow2 unless it is said to be raw, a CD-ROM for raw', async (t) => {
  const path = `${images}/disk`;
  t.strictSame(await check({ path }), { source: { path, format: 'qcow2' }, readOnly: false });
  t.strictSame(await check({ path, format: 'raw', readOnly: true }), {
    source: { path, format: 'raw' },
    readOnly: true,
  });
  t.strictSame(await checkCdrom(connection, { path }, [images], '/cdrom'), { path, format: 'raw' });
});

await t.test('a volume has its own format', async (t) => {
  await using pool = await connection.lookupStoragePoolByName('default-pool');
  await using volume = await pool.createVolXML(
    `<volume><name>v</name><capacity>1024</capacity><target><format type='qcow2'/></target></volume>`,
  );
  t.strictSame(await check({ pool: 'default-pool', volume: 'v' }), {
    source: { pool: 'default-pool', volume: 'v', format: 'qcow2' },
    readOnly: false,
  });
  await volume.delete();
});

const refused: [disk: DiskInput, type: string, field: string][] = [
  [{}, 'invalid-request', ''],
  [{ pool: 'default-pool' }, 'invalid-request', ''],
  [{ volume: 'v' }, 'invalid-request', ''],
  [{ path: `${images}/disk`, pool: 'default-pool', volume: 'v' }, 'invalid-request', ''],
  [{ path: `${images}/disk`, volume: 'v' }, 'invalid-request', ''],
  [{ pool: 'default-pool', volume: 'v', format: 'raw' }, 'invalid-request', '/format'],
  [{ pool: 'missing', volume: 'v' }, 'volume-not-found', '/pool'],
  [{ pool: 'default-pool', volume: 'missing' }, 'volume-not-found', '/volume'],
  [{ path: `${images}/missing` }, 'path-not-allowed', '/path'],
  [{ path: '/etc/passwd' }, 'path-not-allowed', '/path'],
];
for (const [disk, type, field] of refused) {
  await t.test(`${type}: ${Object.keys(disk).join(', ')}`, async (t) => {
    await t.rejects(check(disk), { type, errors: [{ path: `/disks/0${field}` }] });
  });
}

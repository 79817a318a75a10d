import t from 'tap';
import * as lv from '../lib/index.js';
import { failure, open } from './helpers.js';

await t.test('networks', async (t) => {
  await using connection = await open();
  const first = await connection.lookupNetworkByName('default');
  t.match(await connection.listAllNetworks(), [{ name: 'default', uuid: first.uuid }]);
  t.equal(await first.isActive(), true);
  t.equal(await first.isPersistent(), true);
  t.equal(await first.getBridgeName(), 'virbr0');
  t.match(await first.getXMLDesc(), /<network/);
  t.equal((await connection.lookupNetworkByUUIDString(first.uuid)).name, 'default');
  const call = 'virNetworkGetDHCPLeases';
  t.match(await failure(first.getDHCPLeases()), { code: lv.VIR_ERR_NO_SUPPORT, call });

  const xml = (name: string): string => `<network><name>${name}</name><bridge name='${name}'/></network>`;
  const network = await connection.networkDefineXML(xml('n1'));
  t.equal(await network.isActive(), false);
  await network.create();
  t.equal(await network.isActive(), true);
  t.equal((await connection.listAllNetworks(lv.VIR_CONNECT_LIST_NETWORKS_ACTIVE)).length, 2);
  await network.destroy();
  await network.undefine();
  t.equal((await failure(connection.lookupNetworkByName('n1'))).code, lv.VIR_ERR_NO_NETWORK);
  const transient = await connection.networkCreateXML(xml('n2'));
  t.equal(await transient.isPersistent(), false);
  await transient.destroy();
});

await t.test('storage pools and volumes', async (t) => {
  await using connection = await open();
  const xml = `<pool type='dir'><name>p1</name><target><path>/p1</path></target></pool>`;
  const pool = await connection.storagePoolDefineXML(xml);
  t.equal(pool.name, 'p1');
  t.equal(await pool.isActive(), false);
  await pool.build();
  await pool.create();
  t.equal(await pool.isActive(), true);
  await pool.refresh();
  t.match(await pool.getXMLDesc(), /<name>p1</);
  const before = await pool.getInfo();
  t.equal(before.state, lv.VIR_STORAGE_POOL_RUNNING);
  t.equal(before.capacity, before.allocation + before.available);
  t.ok((await connection.listAllStoragePools()).some(({ name }) => name === 'p1'));
  t.equal((await connection.lookupStoragePoolByName('p1')).uuid, pool.uuid);

  const volumeXML = (name: string): string =>
    `<volume><name>${name}</name><capacity>1048576</capacity></volume>`;
  const volume = await pool.createVolXML(volumeXML('v1'));
  t.equal(volume.name, 'v1');
  t.equal(await volume.getPath(), '/p1/v1');
  t.equal(volume.key, '/p1/v1');
  t.match(await volume.getInfo(), { type: lv.VIR_STORAGE_VOL_FILE, capacity: 1048576 });
  t.match(await volume.getXMLDesc(), /<name>v1</);
  const copy = await pool.createVolXMLFrom(volumeXML('v2'), volume);
  t.strictSame((await pool.listAllVolumes()).map(({ name }) => name).sort(), ['v1', 'v2']);
  t.equal((await pool.lookupVolByName('v2')).key, copy.key);
  t.equal((await connection.lookupStorageVolByPath('/p1/v1')).name, 'v1');
  t.equal((await failure(volume.resize(2097152))).call, 'virStorageVolResize');
  await using other = await open();
  const foreign = await other.lookupStorageVolByPath('/p1/v1');
  await t.rejects(pool.createVolXMLFrom(volumeXML('v3'), foreign), TypeError);
  await t.rejects(pool.createVolXMLFrom(volumeXML('v3'), pool as never), TypeError);
  await volume.delete();
  await copy.delete();
  t.equal((await failure(pool.lookupVolByName('v1'))).code, lv.VIR_ERR_NO_STORAGE_VOL);
  await pool.destroy();
  await pool.delete();
  await pool.undefine();
  const transient = await connection.storagePoolCreateXML(xml);
  await transient.destroy();
  t.equal((await failure(connection.lookupStoragePoolByName('p1'))).code, lv.VIR_ERR_NO_STORAGE_POOL);
});

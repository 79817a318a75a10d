import { stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { nicXml, startHost, vmXml } from '../../../test/hosts/index.js';
import * as lv from '../../lib/index.js';
import { Collector, failure } from '../helpers.js';

const mac = '52:54:00:00:00:01';
const filterXML = (rule: string, uuid = ''): string =>
  `<filter name='own' chain='root'>${uuid && `<uuid>${uuid}</uuid>`}${rule}</filter>`;
const rule = "<rule action='drop' direction='out' priority='500'><mac match='no' srcmacaddr='$MAC'/></rule>";

await t.test('network filters', async (t) => {
  await using host = await startHost();
  const connection = await lv.Connection.open(host.uri);
  const made = await connection.nwfilterDefineXMLFlags(filterXML(rule), lv.VIR_NWFILTER_DEFINE_VALIDATE);
  t.equal(made.name, 'own');
  const wrong = await failure(
    connection.nwfilterDefineXMLFlags(filterXML('<rul/>', made.uuid), lv.VIR_NWFILTER_DEFINE_VALIDATE),
  );
  t.match(wrong, { codeName: 'VIR_ERR_XML_INVALID_SCHEMA', call: 'virNWFilterDefineXMLFlags' });
  t.match(await made.getXMLDesc(), made.uuid);
  t.equal((await connection.lookupNWFilterByName('own')).uuid, made.uuid);
  t.equal((await connection.lookupNWFilterByUUIDString(made.uuid)).name, 'own');
  const all = await connection.getAllNWFiltersXML();
  t.strictSame(
    all.map(({ uuid }) => uuid).sort(),
    (await connection.listAllNWFilters()).map(({ uuid }) => uuid).sort(),
  );
  t.ok(all.length > 10);
  t.ok(all.every((filter) => filter.xml.includes(filter.uuid) && filter.xml.includes(`'${filter.name}'`)));
  const others = all.filter(({ name }) => name !== 'own').map(({ name }) => name);
  const fresh = await connection.getAllNWFiltersXML([...others, 'of nobody']);
  t.strictSame(
    fresh.filter(({ xml }) => xml !== '').map(({ name }) => name),
    ['own'],
    'of filters that are known only the names are told',
  );
  t.equal(fresh.length, all.length);
  await made.undefine();
  t.match(await failure(made.getXMLDesc()), { code: lv.VIR_ERR_NO_NWFILTER, domain: lv.VIR_FROM_NWFILTER });
  t.equal(await connection.close(), 0);
});

await t.test('bindings, made by hand', async (t) => {
  await using host = await startHost();
  const connection = await lv.Connection.open(host.uri);
  await host.run('ip', ['tuntap', 'add', 'tap7', 'mode', 'tap']);
  await host.run('ip', ['link', 'set', 'tap7', 'up']);
  const binding = await connection.nwfilterBindingCreateXML(
    `<filterbinding><owner><name>o</name><uuid>${crypto.randomUUID()}</uuid></owner><portdev name='tap7'/>
      <mac address='${mac}'/><filterref filter='no-mac-spoofing'/></filterbinding>`,
  );
  t.match(binding, { portDev: 'tap7', filterName: 'no-mac-spoofing' });
  t.match(await binding.getXMLDesc(), /tap7/);
  t.equal((await connection.lookupNWFilterBindingByPortDev('tap7')).filterName, 'no-mac-spoofing');
  t.match(await connection.getAllNWFilterBindingsXML(), [
    { portDev: 'tap7', filterName: 'no-mac-spoofing', xml: /<filterbinding>/ },
  ]);
  t.equal((await connection.listAllNWFilterBindings()).length, 1);
  const inUse = await connection.lookupNWFilterByName('no-mac-spoofing');
  t.equal((await failure(inUse.undefine())).code, lv.VIR_ERR_OPERATION_INVALID);
  await binding.delete();
  t.equal((await failure(binding.getXMLDesc())).code, lv.VIR_ERR_NO_NWFILTER_BINDING);
  t.strictSame(await connection.getAllNWFilterBindingsXML(), []);
  t.equal(await connection.close(), 0);
});

await t.test('a QEMU guest with a filtered NIC', async (t) => {
  await using host = await startHost();
  const connection = await lv.Connection.open(host.uri);
  const lifecycle = new Collector<lv.DomainEventMap['lifecycle']>();
  const added = new Collector<lv.DomainEventMap['deviceAdded']>();
  await connection.domainEventRegister('lifecycle', lifecycle.add);
  await connection.domainEventRegister('deviceAdded', added.add);

  const xml = await vmXml({ name: 'g', nics: [{ mac, filter: 'no-mac-spoofing' }] });
  const domain = await connection.domainDefineXMLFlags(xml, lv.VIR_DOMAIN_DEFINE_VALIDATE);
  await domain.create(lv.VIR_DOMAIN_START_PAUSED);
  t.match(await domain.getState(), { state: lv.VIR_DOMAIN_PAUSED });
  t.match(await connection.getAllNWFilterBindingsXML(), [{ filterName: 'no-mac-spoofing' }]);
  await domain.resume();
  t.match(await connection.getAllDomainsXML(), [
    { name: 'g', state: lv.VIR_DOMAIN_RUNNING, persistent: true, autostart: false, xml: /filterref/ },
  ]);
  const [stats] = await connection.getAllDomainStats(
    lv.VIR_DOMAIN_STATS_CPU_TOTAL | lv.VIR_DOMAIN_STATS_INTERFACE,
  );
  t.equal(stats?.stats['net.count'], 1);
  t.type(stats?.stats['cpu.time'], 'number');
  const [tap] = await host.taps();
  t.type((await domain.interfaceStats(tap ?? '')).rxBytes, 'number');
  t.match(await domain.getJobStats(), { type: lv.VIR_DOMAIN_JOB_NONE });
  t.equal((await failure(domain.abortJob())).code, lv.VIR_ERR_OPERATION_INVALID);

  const nic = nicXml({ mac: '52:54:00:00:00:02', filter: 'no-mac-spoofing' });
  await domain.attachDevice(nic, lv.VIR_DOMAIN_AFFECT_LIVE);
  await added.until((events) => events.length > 0);
  t.match(added.items, [{ domain: { name: 'g', uuid: domain.uuid }, alias: /^net/ }]);
  t.equal((await connection.listAllNWFilterBindings()).length, 2);
  await domain.updateDevice(nic.replace('no-mac-spoofing', 'no-arp-mac-spoofing'), lv.VIR_DOMAIN_AFFECT_LIVE);
  t.match(await domain.getXMLDesc(), /no-arp-mac-spoofing/);
  t.ok((await failure(domain.detachDeviceAlias('no-such-alias'))) instanceof lv.LibvirtError);
  t.match(JSON.parse(await domain.qemuMonitorCommand('{"execute":"query-name"}')), { return: { name: 'g' } });
  t.match(JSON.parse(await domain.qemuMonitorCommand('{"execute":"no-such"}')), {
    error: { class: 'CommandNotFound' },
  });

  await domain.destroy();
  await lifecycle.until((events) => events.some(({ event }) => event === lv.VIR_DOMAIN_EVENT_STOPPED));
  t.strictSame(await connection.getAllNWFilterBindingsXML(), []);
  await domain.undefine();
  t.equal(await connection.close(), 0);
});

await t.test('a saved guest, and a disk that grows', async (t) => {
  await using host = await startHost();
  const connection = await lv.Connection.open(host.uri);
  const disk = join(host.dir, 'disk.raw');
  await writeFile(disk, '');
  await truncate(disk, 2 ** 20);
  const xml = (await vmXml({ name: 's', nics: [{ mac, filter: 'no-mac-spoofing' }] })).replace(
    '</devices>',
    `<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='${disk}'/>
       <target dev='vda' bus='virtio'/></disk></devices>`,
  );
  const domain = await connection.domainDefineXMLFlags(xml, lv.VIR_DOMAIN_DEFINE_VALIDATE);
  await domain.create(lv.VIR_DOMAIN_START_PAUSED);
  await domain.blockResize('vda', 2 * 2 ** 20, lv.VIR_DOMAIN_BLOCK_RESIZE_BYTES);
  t.equal((await stat(disk)).size, 2 * 2 ** 20);
  t.match(await failure(domain.blockResize('vdz', 1)), { call: 'virDomainBlockResize' });

  await domain.managedSave();
  const saved = await domain.managedSaveGetXMLDesc(lv.VIR_DOMAIN_SAVE_IMAGE_XML_SECURE);
  t.match(saved, /filter='no-mac-spoofing'/);
  await domain.managedSaveDefineXML(saved.replace('no-mac-spoofing', 'no-arp-mac-spoofing'));
  await domain.create(lv.VIR_DOMAIN_START_PAUSED);
  t.match(await domain.getXMLDesc(), /filter='no-arp-mac-spoofing'/, 'restored with what was changed');
  await domain.destroy();
  await domain.undefine();
  t.equal(await connection.close(), 0);
});

await t.test('networks and volumes of a real host', async (t) => {
  await using host = await startHost();
  const connection = await lv.Connection.open(host.uri);
  const pool = await connection.storagePoolCreateXML(
    `<pool type='dir'><name>p</name><target><path>${host.dir}</path></target></pool>`,
  );
  const volume = await pool.createVolXML("<volume><name>v</name><capacity unit='MiB'>8</capacity></volume>");
  await volume.resize(16 * 2 ** 20);
  t.match(await volume.getInfo(), { capacity: 16 * 2 ** 20 });
  await volume.delete();
  await pool.destroy();
  t.strictSame(await connection.listAllNetworks(), []);
  t.match(await connection.getDomainCapabilities(null, null, null, 'qemu'), /<domainCapabilities>/);
  t.equal(await connection.setKeepAlive(5, 3), true);
  t.equal(await connection.close(), 0);
});

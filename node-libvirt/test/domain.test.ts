import t from 'tap';
import * as lv from '../lib/index.js';
import { domainXML, failure, open } from './helpers.js';

await t.test('the life of a domain', async (t) => {
  await using connection = await open();
  const domain = await connection.domainDefineXMLFlags(domainXML('life'));
  const state = async (): Promise<number> => (await domain.getState()).state;
  t.equal(domain.name, 'life');
  t.match(domain.uuid, /^[0-9a-f-]{36}$/);
  t.equal(await domain.getID(), -1);
  t.equal(await domain.isPersistent(), true);
  t.equal(await domain.isActive(), false);
  t.equal(await state(), lv.VIR_DOMAIN_SHUTOFF);
  await domain.create();
  t.ok((await domain.getID()) > 0);
  t.equal(await domain.isActive(), true);
  await domain.suspend();
  t.strictSame(await domain.getState(), { state: lv.VIR_DOMAIN_PAUSED, reason: lv.VIR_DOMAIN_PAUSED_USER });
  await domain.resume();
  t.equal(await state(), lv.VIR_DOMAIN_RUNNING);
  await domain.reboot();
  await domain.reset();
  await domain.destroy();
  t.strictSame(await domain.getState(), {
    state: lv.VIR_DOMAIN_SHUTOFF,
    reason: lv.VIR_DOMAIN_SHUTOFF_DESTROYED,
  });
  await domain.create();
  await domain.shutdown();
  t.equal(await state(), lv.VIR_DOMAIN_SHUTOFF);
  await domain.create();
  await domain.managedSave();
  t.equal(await domain.hasManagedSaveImage(), true);
  await domain.managedSaveRemove();
  t.equal(await domain.hasManagedSaveImage(), false);
  await domain.create();
  await domain.managedSave();
  await domain.undefine(lv.VIR_DOMAIN_UNDEFINE_MANAGED_SAVE);
  t.equal((await failure(connection.lookupDomainByName('life'))).code, lv.VIR_ERR_NO_DOMAIN);
});

await t.test('what it is made of', async (t) => {
  await using connection = await open();
  const domain = await connection.domainDefineXMLFlags(domainXML('parts'));
  t.match(await domain.getXMLDesc(), /<name>parts<\/name>/);
  t.match(await domain.getXMLDesc(lv.VIR_DOMAIN_XML_INACTIVE), /<name>parts<\/name>/);
  const info = await domain.getInfo();
  t.match(info, { state: lv.VIR_DOMAIN_SHUTOFF, maxMem: 1024, memory: 1024, nrVirtCpu: 1 });
  t.type(info.cpuTime, 'bigint');
  t.equal(await domain.getAutostart(), false);
  await domain.setAutostart(true);
  t.equal(await domain.getAutostart(), true);
  await domain.setAutostart(false);
  t.equal(await domain.getAutostart(), false);
  await domain.setMemory(512, lv.VIR_DOMAIN_AFFECT_CONFIG);
  t.equal((await domain.getInfo()).memory, 512);
  await domain.setVcpus(2, lv.VIR_DOMAIN_AFFECT_CONFIG | lv.VIR_DOMAIN_VCPU_MAXIMUM);
  await domain.setVcpus(2, lv.VIR_DOMAIN_AFFECT_CONFIG);
  t.match(await domain.getXMLDesc(), /<vcpu[^>]*>2</);

  await domain.setMetadata(lv.VIR_DOMAIN_METADATA_TITLE, 'a title');
  t.equal(await domain.getMetadata(lv.VIR_DOMAIN_METADATA_TITLE), 'a title');
  await domain.setMetadata(lv.VIR_DOMAIN_METADATA_ELEMENT, '<x>é</x>', 'p', 'urn:x');
  t.match(await domain.getMetadata(lv.VIR_DOMAIN_METADATA_ELEMENT, 'urn:x'), /é/);
  await domain.setMetadata(lv.VIR_DOMAIN_METADATA_TITLE, null);
  const gone = await failure(domain.getMetadata(lv.VIR_DOMAIN_METADATA_TITLE));
  t.equal(gone.code, lv.VIR_ERR_NO_DOMAIN_METADATA);

  await domain.rename('renamed');
  t.equal(domain.name, 'parts');
  t.equal(await domain.getName(), 'renamed');
  await domain.undefine();
});

await t.test('calls that this driver answers with an error', async (t) => {
  await using connection = await open();
  const domain = await connection.lookupDomainByName('test');
  const calls: Record<string, () => Promise<unknown>> = {
    virDomainUpdateDeviceFlags: () => domain.updateDevice('<disk/>'),
    virDomainDetachDeviceFlags: () => domain.detachDevice('<disk/>'),
    virDomainDetachDeviceAlias: () => domain.detachDeviceAlias('x'),
    virDomainGetJobStats: () => domain.getJobStats(),
    virDomainAbortJob: () => domain.abortJob(),
    virDomainMigrateToURI3: () =>
      domain.migrateToURI3('test:///default', { bandwidth: 1, migrate_disks: ['a', 'b'] }),
    virDomainMigrate3: () => domain.migrate3('test:///default', { bandwidth: 1 }),
    virConnectOpen: () => domain.migrate3('test:///nowhere', {}),
    virDomainMigrateGetMaxSpeed: () => domain.migrateGetMaxSpeed(),
    virDomainMigrateSetMaxSpeed: () => domain.migrateSetMaxSpeed(1),
    virDomainMigrateGetMaxDowntime: () => domain.migrateGetMaxDowntime(),
    virDomainMigrateSetMaxDowntime: () => domain.migrateSetMaxDowntime(1),
    virDomainMigrateStartPostCopy: () => domain.migrateStartPostCopy(),
    virDomainQemuMonitorCommand: () => domain.qemuMonitorCommand('{}'),
    virDomainInterfaceStats: () => domain.interfaceStats('no-such-device'),
  };
  for (const [call, start] of Object.entries(calls)) {
    const error = await failure(start());
    t.ok(error instanceof lv.LibvirtError, call);
    t.equal(error.call, call);
  }
  t.ok((await failure(domain.attachDevice('<no-device/>'))).code > 0);
});

await t.test('its NICs', async (t) => {
  await using connection = await open();
  const domain = await connection.domainCreateXML(
    `<domain type='test'><name>nics</name><memory>1024</memory><os><type>hvm</type></os>
      <devices><interface type='network'><source network='default'/><mac address='52:54:00:00:00:01'/>
      <target dev='testnet0'/></interface></devices></domain>`,
  );
  const stats = await domain.interfaceStats('testnet0');
  t.strictSame(Object.keys(stats).sort(), [
    'rxBytes',
    'rxDrop',
    'rxErrs',
    'rxPackets',
    'txBytes',
    'txDrop',
    'txErrs',
    'txPackets',
  ]);
  t.ok(Object.values(stats).every((value) => typeof value === 'number'));
  const [nic] = await domain.interfaceAddresses(lv.VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_LEASE);
  t.match(nic, { name: 'testnet0', hwaddr: '52:54:00:00:00:01' });
  t.match(nic?.addrs, [{ type: lv.VIR_IP_ADDR_TYPE_IPV4, addr: /^192\.168\./, prefix: 24 }]);
  await domain.destroy();
});

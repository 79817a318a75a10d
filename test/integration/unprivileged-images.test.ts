import t from 'tap';
import type { Host } from '../../src/schemas/host.js';
import type { DiskInput } from '../../src/schemas/disk.js';
import { startHost } from '../hosts/index.js';
import { onBridge, type Service } from './service.js';
import { forGroup, images, installedBoot, installUnit, readUnit, startUnit } from './systemd-unit.js';

const unitFile = 'virtwarden.service';
/** As Debian runs QEMU: libvirt gives it the files of a VM while it runs. */
const asDebian = ['user = "libvirt-qemu"', 'group = "kvm"', 'dynamic_ownership = 1'];

await using host = await startHost({ ...forGroup, qemuConf: asDebian });
await installUnit(host);
await host.virsh('pool-define-as', 'images', 'dir', '--target', images);
await host.virsh('pool-start', 'images');
for (const format of ['raw', 'qcow2'])
  await host.virsh('vol-create-as', 'images', `base.${format}`, '1M', '--format', format);
await host.run('install', ['-d', '-m', '700', `${images}/closed`]);
const boot = await installedBoot();
const vm = (name: string, disks: DiskInput[], more = {}): Parameters<Service['create']> => [
  name,
  [onBridge()],
  { boot, disks, ...more },
];

await t.test('without more than CAP_NET_ADMIN, what libvirt keeps for root is not looked into', async (t) => {
  await using service = await startUnit(host, await readUnit(unitFile));
  const refused = async (disk: DiskInput) => (await service.create<object>(...vm('refused', [disk]))).body;
  t.match(await refused({ pool: 'images', volume: 'base.qcow2' }), {
    type: '/problems/volume-refused',
    errors: [{ path: '/disks/0/volume', message: /^may not be read .*EACCES.*CAP_DAC_READ_SEARCH/ }],
  });
  t.match(await refused({ path: `${images}/base.qcow2` }), {
    type: '/problems/path-not-allowed',
    errors: [{ path: '/disks/0/path', message: /^may not be read .*EACCES.*CAP_DAC_READ_SEARCH/ }],
  });
  t.match(await refused({ path: `${images}/closed/disk`, format: 'raw' }), {
    errors: [{ path: '/disks/0/path', message: /directory that the service may not look into \(EACCES\)/ }],
  });
  t.match(
    await refused({ path: '/root/disk', format: 'raw' }),
    { errors: [{ message: /^is not a file in an allowed directory/ }] },
    'nothing is told of the rest of the host',
  );
  t.equal((await host.virsh('list', '--all', '--name')).trim(), '');

  const cloudInit = { userData: '#cloud-config\n' };
  const { status, body } = await service.create(
    ...vm('raw', [{ pool: 'images', volume: 'base.raw' }], { cloudInit }),
  );
  t.equal(status, 201, JSON.stringify(body));
  t.equal((await service.request('DELETE', '/v1/vms/raw?force=true')).status, 204);
  t.equal(await host.run('ls', [`${images}/virtwarden-seeds`]), '', 'its seed is gone with it');
});

await t.test('with read-images.conf it is', async (t) => {
  const unit = await readUnit(unitFile, `${unitFile}.d/read-images.conf`);
  await using service = await startUnit(host, unit);
  t.strictSame((await service.request<Host>('GET', '/v1/host')).body.lacks, []);
  const disks = [
    { pool: 'images', volume: 'base.qcow2' },
    { pool: 'images', sizeGiB: 1 },
  ];
  const { status, body } = await service.create(...vm('qcow2', disks));
  t.equal(status, 201, JSON.stringify(body));
  t.equal((await service.request('DELETE', '/v1/vms/qcow2?force=true')).status, 204);
});

await t.test('who may not use the socket is told so, and the service serves', async (t) => {
  const unit = await readUnit(unitFile);
  unit.set('SupplementaryGroups', ['nogroup']);
  await using service = await startUnit(host, unit, 'libvirt is not to be had');
  t.match((await service.request<Host>('GET', '/v1/host')).body, {
    connection: { state: 'disconnected', failure: /Permission denied/ },
    lacks: [{ code: 'libvirt-socket', detail: /group: SupplementaryGroups=libvirt/ }, {}],
  });
  t.match(await service.request('GET', '/v1/vms'), { status: 503 });
});

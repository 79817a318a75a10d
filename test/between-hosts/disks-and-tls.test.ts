import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { Authority } from '../helpers/certificates.js';
import { Guest, guestImage } from '../hosts/index.js';
import { onBridge } from '../integration/service.js';
import { begin, move, Pair, stateOf, verdict } from './pair.js';

const mac = '52:54:00:00:00:01';
/** Of its own in each host, under the same name. */
const pool = '/var/lib/libvirt/images';
const authority = new Authority(t);
const tlsDir = t.testdir();

/** The certificates of both hosts, which QEMU shows to QEMU, as libvirt looks for them. */
async function certificates(): Promise<void> {
  const extension = 'subjectAltName=IP:10.9.0.1,IP:10.9.0.2';
  const { cert, key } = authority.issue('host', '/CN=host', { extension });
  await copyFile(authority.ca.cert, join(tlsDir, 'ca-cert.pem'));
  for (const side of ['server', 'client']) {
    await copyFile(cert, join(tlsDir, `${side}-cert.pem`));
    await copyFile(key, join(tlsDir, `${side}-key.pem`));
  }
}

await certificates();
const { dir } = await guestImage();
const pair = await Pair.start(
  { qemuConf: [`migrate_tls_x509_cert_dir = "${tlsDir}"`, 'migrate_tls_x509_verify = 1'] },
  { env: { VIRTWARDEN_IMAGE_DIRS: `${pool}:${dir}` } },
);
t.teardown(() => pair[Symbol.asyncDispose]());
const { a, b } = pair;
for (const { host } of [a, b]) {
  await host.virsh('pool-define-as', 'local', 'dir', '--target', pool);
  await host.virsh('pool-start', 'local');
}
await a.service.create('vm', [onBridge(mac)], { disks: [{ pool: 'local', sizeGiB: 1 }] });
const guest = await (await Guest.attach(a.host, 'vm')).ready();
await guest.sh("printf 'ON THE DISK' | dd of=/dev/vda conv=notrunc && sync");
await guest.detach();

await t.test('a local disk is not left behind', async (t) => {
  t.match(await move(a, 'vm', b.destination), {
    status: 'failed',
    problem: { type: '/problems/migration-failed', detail: /copyStorage.* is on this host and runs/ },
  });
});

await t.test('with its local disk, and encrypted', async (t) => {
  const moved = await move(a, 'vm', b.destination, { copyStorage: 'all', tls: true });
  t.match(moved, { status: 'succeeded', migration: { where: 'destination' } }, JSON.stringify(moved.problem));
  t.equal(await verdict(b, 'vm', mac), 'enforced');
  await using there = await (await Guest.attach(b.host, 'vm')).ready();
  t.equal(await there.sh('dd if=/dev/vda bs=11 count=1 2>/dev/null'), 'ON THE DISK');
});

await t.test('one whose certificate is not believed', async (t) => {
  const stranger = new Authority(t, '/CN=stranger');
  await copyFile(stranger.ca.cert, join(tlsDir, 'ca-cert.pem'));
  t.match(await move(b, 'vm', a.destination, { tls: true }), {
    status: 'failed',
    migration: { where: 'source' },
  });
  t.equal(await stateOf(b, 'vm'), 'running');
  t.equal(await verdict(b, 'vm', mac), 'enforced');
  t.equal(await stateOf(a, 'vm'), '404');
});

await t.test('disks of one that is off are not copied', async (t) => {
  await b.service.request('POST', '/v1/vms/vm/stop');
  t.match(await begin(b, 'vm', a.destination, { copyStorage: 'all' }), {
    status: 409,
    body: { detail: /copies the disks of running VMs only/ },
  });
});

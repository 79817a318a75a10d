import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import t from 'tap';
import type { SizedDisk } from '../../src/schemas/disk.js';
import type { Operation } from '../../src/schemas/operation.js';
import type { Vm, VmInput } from '../../src/schemas/vm.js';
import { Guest, guestImage, startHost } from '../hosts/index.js';
import { onBridge, Service } from './service.js';

const host = await startHost();
t.teardown(() => host.stop());
const images = join(host.dir, 'images');
const pool = join(host.dir, 'pool');
await host.run('mkdir', [images, pool]);
await host.virsh('pool-define-as', 'disks', 'dir', '--target', pool);
await host.virsh('pool-start', 'disks');
await host.virsh('vol-create-as', 'disks', 'base.img', '1M', '--format', 'raw');
await host.run('sh', ['-c', `printf 'THE BASE' | dd of=${pool}/base.img conv=notrunc`]);
const service = await Service.start(host, {
  env: { VIRTWARDEN_IMAGE_DIRS: `${images}:${(await guestImage()).dir}` },
});

const empty = { chains: [], jumps: [], bindings: [], taps: [] };
const userData = '#cloud-config\npassword: the-secret-of-the-seed\n';
const disk = { pool: 'disks', sizeGiB: 1, backing: { pool: 'disks', volume: 'base.img' } };
const cloud: Partial<VmInput> = {
  disks: [disk],
  cloudInit: { userData, networkConfig: 'version: 2\n' },
  maxMemoryMiB: 128,
  maxVcpus: 2,
};
const post = <T = Vm>(path: string) => service.request<T>('POST', `/v1/vms/${path}`);
const get = async <T = Vm>(path: string) => (await service.request<T>('GET', `/v1/vms/${path}`)).body;
const volumes = async () => (await readdir(pool)).toSorted();
const seeds = () => readdir(join(images, 'virtwarden-seeds'));

await t.test('the life of a cloud-style guest', async (t) => {
  const created = await service.create('cloud', [onBridge()], {
    ...cloud,
    start: false,
    description: 'first',
  });
  t.match(created, {
    status: 201,
    body: { state: 'shutoff', cloudInit: { present: true }, maxMemoryMiB: 128 },
  });
  const { uuid } = created.body;
  const volume = `cloud-0-${uuid.slice(0, 8)}.qcow2`;
  t.strictSame(await volumes(), ['base.img', volume]);
  t.match(created.body.disks, [
    { device: 'disk', target: 'vda', pool: 'disks', volume, format: 'qcow2' },
    { device: 'cdrom', bus: 'scsi', path: join(images, 'virtwarden-seeds', `${uuid}.iso`) },
  ]);

  await t.test('its seed is nobody’s to read but QEMU’s', async (t) => {
    t.equal((await stat(created.body.disks[1]?.path ?? '')).mode & 0o777, 0o440);
    t.equal((await stat(join(images, 'virtwarden-seeds'))).mode & 0o777, 0o711);
    const shown = JSON.stringify(await get('cloud')) + (await get<string>('cloud/xml'));
    t.notMatch(shown, 'the-secret');
    const stolen = await service.create('thief', [], { cdrom: { path: created.body.disks[1]?.path ?? '' } });
    t.match(stolen, { status: 422, body: { type: '/problems/path-not-allowed' } });
  });

  t.equal((await service.request('PATCH', '/v1/vms/cloud/disks/vda', { sizeGiB: 2 })).status, 200);
  t.match(await get<{ items: SizedDisk[] }>('cloud/disks'), { items: [{ sizeGiB: 2, owned: true }, {}] });

  t.match(await post('cloud/start?paused=true'), { status: 200, body: { state: 'paused' } });
  t.match(await post('cloud/resume'), { status: 200, body: { state: 'running' } });
  const guest = await (await Guest.attach(host, 'cloud')).ready();

  await t.test('the guest finds its disk, with the base under it, and its seed', async (t) => {
    t.equal((await guest.sh('cat /sys/block/vda/size')).trim(), String(2 * 2 ** 21));
    t.equal(await guest.sh('dd if=/dev/vda bs=8 count=1 2>/dev/null'), 'THE BASE');
    const label = await guest.sh('dd if=/dev/sr0 bs=1 skip=32808 count=32 2>/dev/null');
    t.equal(label.trimEnd(), 'CIDATA', 'the volume id of ISO 9660');
    await guest.sh('mkdir /seed && mount -t iso9660 /dev/sr0 /seed');
    t.equal(await guest.sh('cat /seed/user-data'), userData);
    t.equal(await guest.sh('cat /seed/meta-data'), `instance-id: "${uuid}"\nlocal-hostname: "cloud"\n`);
    t.equal(await guest.sh('cat /seed/network-config'), 'version: 2\n');
    await guest.sh('printf CHANGED! | dd of=/dev/vda conv=fsync');
    t.equal(await host.run('head', ['-c', '8', join(pool, 'base.img')]), 'THE BASE');
  });

  await t.test('its disk grows while it runs, and only grows', async (t) => {
    const grown = await service.request('PATCH', '/v1/vms/cloud/disks/vda', { sizeGiB: 3 });
    t.match(grown, { status: 200, body: { items: [{ sizeGiB: 3 }, {}] } });
    t.equal((await guest.sh('cat /sys/block/vda/size')).trim(), String(3 * 2 ** 21));
    const shrunk = await service.request('PATCH', '/v1/vms/cloud/disks/vda', { sizeGiB: 2 });
    t.match(shrunk, { status: 400, body: { errors: [{ path: '/sizeGiB', message: /at least 3/ }] } });
  });

  await t.test('suspend and resume, each in its state only', async (t) => {
    t.equal((await post('cloud/resume')).status, 409);
    t.match(await post('cloud/suspend'), { status: 200, body: { state: 'paused' } });
    t.match(await post('cloud/suspend'), { status: 409, body: { detail: /is paused/ } });
    t.equal((await post('cloud/reboot')).status, 409);
    t.equal((await post('cloud/shutdown')).status, 409);
    t.match(await post('cloud/resume'), { status: 200, body: { state: 'running' } });
    t.equal((await guest.sh('echo on')).trim(), 'on');
  });

  await t.test('memory and processors of a running VM, up to their maximum', async (t) => {
    const patched = await service.request<Vm>('PATCH', '/v1/vms/cloud', { vcpus: 2, memoryMiB: 120 });
    t.match(patched, { status: 200, body: { vcpus: 2 } });
    t.match(await host.virsh('dumpxml', '--inactive', 'cloud'), /<vcpu placement='static'>2<\/vcpu>/);
    t.match(await host.virsh('dumpxml', '--inactive', 'cloud'), /<currentMemory unit='KiB'>122880</);
    const before = await host.virsh('dumpxml', '--inactive', 'cloud');
    const refused = await service.request('PATCH', '/v1/vms/cloud', {
      description: 'second',
      compatibilityVersion: '4.2',
      autostart: true,
      memoryMiB: 100,
      vcpus: 3,
    });
    t.match(refused, { status: 409, body: { type: '/problems/vm-state-conflict', detail: /can grow to 2/ } });
    t.equal((await service.request('PATCH', '/v1/vms/cloud', { name: 'other' })).status, 409);
    t.equal(await host.virsh('dumpxml', '--inactive', 'cloud'), before, 'nothing of it has happened');
  });

  await t.test('a guest that does not react fails the shutdown, and one that does ends it', async (t) => {
    const ignored = await post<Operation>('cloud/shutdown?timeout=1&wait=30');
    t.match(ignored, {
      status: 200,
      body: {
        kind: 'vm.shutdown',
        vm: uuid,
        status: 'failed',
        problem: { type: '/problems/guest-unresponsive' },
      },
    });
    t.match(ignored.body.problem?.detail, /the VM still runs/);
    t.equal((await get('cloud')).state, 'running');
    const asked = await post<Operation>('cloud/shutdown');
    t.match(asked, { status: 202, body: { status: 'running' } });
    // the VM can be read and changed meanwhile
    t.equal((await service.request('PATCH', '/v1/vms/cloud', { description: 'going' })).status, 200);
    const ended = service.request<Operation>('GET', `${String(asked.headers.location)}?wait=60`);
    guest.sh('poweroff -f').catch(() => undefined); // it does not answer any more
    t.match(await ended, { body: { status: 'succeeded' } });
    t.match(await get('cloud'), { state: 'shutoff', description: 'going' });
    t.strictSame(await host.leftovers(), empty);
  });
  await guest.detach();

  await t.test('a change that fails in its middle is undone', async (t) => {
    const before = await host.virsh('dumpxml', 'cloud');
    await service.create('taken', [], { start: false });
    const clash = {
      memoryMiB: 300,
      vcpus: 3,
      autostart: true,
      description: null,
      compatibilityVersion: '4.2',
      name: 'taken',
    };
    t.match(await service.request('PATCH', '/v1/vms/cloud', clash), {
      status: 409,
      body: { type: '/problems/vm-name-taken', errors: [{ path: '/name' }] },
    });
    t.equal(await host.virsh('dumpxml', 'cloud'), before);
    t.equal((await get('cloud')).autostart, false);
    t.equal((await service.request('DELETE', '/v1/vms/taken')).status, 204);
  });

  await t.test('a VM that is off takes another name, and all else', async (t) => {
    const change = {
      name: 'renamed',
      memoryMiB: 200,
      vcpus: 3,
      autostart: true,
      description: null,
      compatibilityVersion: '4.2',
    };
    const { body } = await service.request<Vm>('PATCH', '/v1/vms/cloud', change);
    t.match(body, { ...change, uuid, description: undefined, maxMemoryMiB: 200, maxVcpus: 3 });
    t.equal((await service.request('GET', '/v1/vms/cloud')).status, 404);
    t.match(await post('renamed/start'), { body: { state: 'running', memoryMiB: 200, vcpus: 3 } });
    for (const action of ['reset', 'reboot', 'stop'])
      t.equal((await post(`renamed/${action}`)).status, 200, action);
  });

  await t.test('it goes with its volume, and nothing is left', async (t) => {
    await service.create('sharer', [], { start: false, disks: [{ pool: 'disks', volume }] });
    const shared = await service.request('DELETE', '/v1/vms/renamed?volumes=true');
    t.match(shared, { status: 409, body: { type: '/problems/volume-in-use', detail: /sharer/ } });
    t.equal((await service.request('DELETE', '/v1/vms/sharer?volumes=true')).status, 204);
    t.strictSame(await volumes(), ['base.img', volume], 'the volume is not the sharer’s');
    t.equal((await service.request('DELETE', '/v1/vms/renamed?volumes=true')).status, 204);
    t.strictSame(await volumes(), ['base.img']);
    t.strictSame(await seeds(), []);
    t.strictSame(await host.leftovers(), empty);
  });
});

/** What libvirt asks of a guest's agent, answered by a shell on its channel. */
const agent = `while read -r line; do
  id=$(echo "$line" | sed -n 's/.*"id": *\\([0-9]*\\).*/\\1/p')
  case "$line" in
    *guest-sync*) echo "{\\"return\\": $id}" ;;
    *guest-network-get-interfaces*) echo '{"return": [{"name": "eth0", "hardware-address": "52:54:00:00:0A:01",
      "ip-addresses": [{"ip-address-type": "ipv4", "ip-address": "10.0.0.9", "prefix": 24}]}]}' | tr -d '\\n'; echo ;;
    *guest-shutdown*) poweroff -f ;;
    *) echo '{"error": {"class": "CommandNotFound", "desc": "unknown"}}' ;;
  esac
done`;

await t.test('a guest with an agent tells its address, and shuts down when it is asked', async (t) => {
  await service.create('agent', [onBridge('52:54:00:00:0a:01')]);
  await using guest = await (await Guest.attach(host, 'agent')).ready();
  t.strictSame(await get('agent/addresses'), { items: [] });
  await guest.sh(`echo '${agent.replaceAll("'", `'\\''`)}' >/agent`);
  await guest.sh('port=$(ls /dev/vport*) && setsid sh /agent <>$port >&0 2>/dev/null &');
  const connected = async () => /guest_agent.0' state='connected'/.test(await host.virsh('dumpxml', 'agent'));
  for (let i = 0; i < 100 && !(await connected()); i++) await setTimeout(50);
  t.strictSame(await get('agent/addresses'), {
    items: [
      {
        mac: '52:54:00:00:0a:01',
        interface: 'eth0',
        address: '10.0.0.9',
        prefix: 24,
        family: 'ipv4',
        source: 'agent',
      },
    ],
  });
  t.match(await post<Operation>('agent/shutdown?wait=30'), { status: 200, body: { status: 'succeeded' } });
  t.strictSame(await get('agent/addresses'), { items: [] });
  await service.request('DELETE', '/v1/vms/agent');
});

await t.test('a guest on a network of libvirt’s has the address of its lease', async (t) => {
  const network = `<network><name>leases</name><bridge name='virbr7'/><ip address='192.168.77.1' netmask='255.255.255.0'>
    <dhcp><range start='192.168.77.9' end='192.168.77.9'/></dhcp></ip></network>`;
  await host.virshXml(network, 'net-define', '@');
  await host.virsh('net-start', 'leases');
  const leased = '52:54:00:00:0a:02';
  await service.create('leased', [{ mac: leased, source: { type: 'network', network: 'leases' } }]);
  await using guest = await (await Guest.attach(host, 'leased')).ready();
  t.strictSame(await get('leased/addresses'), { items: [] });
  await guest.sh('ip link set eth0 up && udhcpc -i eth0 -q -s /bin/true');
  // dnsmasq answers the guest first, and then tells libvirt of the lease
  const known = async () => (await host.virsh('net-dhcp-leases', 'leases')).includes('192.168.77.9');
  for (let i = 0; i < 100 && !(await known()); i++) await setTimeout(50);
  t.strictSame(await get('leased/addresses'), {
    items: [{ mac: leased, address: '192.168.77.9', prefix: 24, family: 'ipv4', source: 'lease' }],
  });
  await service.request('DELETE', '/v1/vms/leased?force=true');
});

await t.test('a creation that fails leaves nothing', async (t) => {
  const cases: [what: string, change: Partial<VmInput>, status: number, type: string][] = [
    ['a disk smaller than its backing', { disks: [disk, { ...disk, sizeGiB: 0 }] }, 400, 'invalid-request'],
    [
      'a backing that is not there',
      { disks: [disk, { ...disk, backing: { pool: 'disks', volume: 'x' } }] },
      422,
      'volume-not-found',
    ],
    ['raw on a backing', { disks: [disk, { ...disk, format: 'raw' }] }, 400, 'invalid-request'],
    ['a pool that is not there', { disks: [disk, { pool: 'x', sizeGiB: 1 }] }, 422, 'volume-not-found'],
    // the pool's file system has no room for it: libvirt finds out when it makes the volume
    ['no room', { disks: [disk, { pool: 'tiny', sizeGiB: 1, format: 'raw' }] }, 422, 'libvirt-refused'],
  ];
  await host.run('mkdir', [join(host.dir, 'tiny')]);
  await host.virsh('pool-create-as', 'tiny', 'dir', '--target', join(host.dir, 'tiny'));
  await host.run('rmdir', [join(host.dir, 'tiny')]); // gone, and libvirt does not know
  for (const [what, change, status, type] of cases) {
    const answer = await service.create<{ type: string; detail: string }>('failing', [], {
      ...cloud,
      ...change,
    });
    t.match(answer, { status, body: { type: `/problems/${type}` } }, what);
    t.strictSame(await volumes(), ['base.img'], what);
    t.strictSame(await seeds(), [], what);
  }
  t.strictSame((await service.request<{ items: Vm[] }>('GET', '/v1/vms')).body.items, []);
});

await t.test('a chain of images ends at volumes, whatever a guest wrote into one', async (t) => {
  await host.run('qemu-img', [
    'create',
    '-q',
    '-f',
    'qcow2',
    '-b',
    '/etc/shadow',
    '-F',
    'raw',
    '-u',
    join(pool, 'evil'),
    '1M',
  ]);
  await host.virsh('pool-refresh', 'disks');
  const evil = { pool: 'disks', volume: 'evil' };
  for (const asked of [evil, { pool: 'disks', sizeGiB: 1, backing: evil }]) {
    t.match(await service.create('evil', [], { disks: [asked] }), {
      status: 422,
      body: { type: '/problems/volume-refused' },
    });
  }
  await host.virsh('vol-delete', 'evil', 'disks');
});

await t.test('UEFI on request', async (t) => {
  const answer = await service.create('uefi', [], { firmware: 'efi', start: false });
  t.match(answer, { status: 201, body: { firmware: 'efi' } });
  t.match(await post('uefi/start'), { status: 200, body: { state: 'running', firmware: 'efi' } });
  const nvram = /<nvram[^>]*>([^<]+)</.exec(await host.virsh('dumpxml', 'uefi'))?.[1] ?? '';
  t.match(nvram, /uefi_VARS/);
  await host.run('test', ['-e', nvram]);
  t.equal((await service.request('DELETE', '/v1/vms/uefi?force=true')).status, 204);
  await t.rejects(host.run('test', ['-e', nvram]));
});

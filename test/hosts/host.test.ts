import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readlink } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import t from 'tap';
import { attempt } from './absence.js';
import { run } from './command.js';
import { arp, ethernet, isFrame } from './frames.js';
import { floodAtBoot } from './flood.js';
import { Guest } from './guest.js';
import { startHost, type TestHost } from './host.js';
import { nativePrograms } from './native.js';
import { nicXml } from './vm.js';

const mac = '52:54:00:00:00:01';
const victim = '52:54:00:00:00:99';
const forged = ethernet({ src: victim, type: 0x88b5 });

/** Processes whose PID namespace is that of `host`. */
async function processesIn(namespace: string): Promise<string[]> {
  const found: string[] = [];
  for (const pid of await readdir('/proc')) {
    const own = await readlink(`/proc/${pid}/ns/pid`).catch(() => '');
    if (own === namespace) found.push(pid);
  }
  return found;
}

const pidNamespace = (host: { pid: number }): Promise<string> => readlink(`/proc/${host.pid}/ns/pid`);

async function booted(host: TestHost, name: string): Promise<Guest> {
  return (await Guest.attach(host, name)).ready();
}

await t.test('a host is a world of its own, and stop leaves nothing of it', async (t) => {
  const [one, two] = await Promise.all([
    startHost({ name: 'one' }),
    startHost({ name: 'two', baseFilters: false }),
  ]);
  t.equal((await one.run('hostname')).trim(), 'one');
  t.match(await one.virsh('nwfilter-list'), /no-mac-spoofing/);
  t.equal((await two.virsh('nwfilter-list')).trim(), '');
  t.equal((await one.virsh('net-list', '--all')).trim(), '');
  await one.defineGuest({ name: 'only-here', start: false });
  t.equal((await two.virsh('list', '--all', '--name')).trim(), '');
  t.equal((await run('virsh', ['-q', '-c', one.uri, 'list', '--all', '--name'])).trim(), 'only-here');
  t.notOk(existsSync(`/proc/${one.pid}/root/dev/kvm`));
  t.notMatch(await run('ip', ['-o', 'link']), /br0/);

  const namespace = await pidNamespace(one);
  await Promise.all([one.stop(), two.stop()]);
  t.strictSame(await processesIn(namespace), []);
  t.notOk(existsSync(one.dir));
  t.notMatch(await run('cat', ['/proc/self/mountinfo']), one.dir);
  await one.stop();
});

await t.test('libvirtd killed, started and restarted', async (t) => {
  await using host = await startHost();
  const first = host.libvirtd.pid ?? 0;
  await host.libvirtd.kill('SIGKILL');
  await t.rejects(host.virsh('list'));
  t.notOk(existsSync(`/proc/${first}`));
  await host.libvirtd.start();
  await host.virsh('list');
  await host.libvirtd.restart();
  await host.virsh('list');
  await host.libvirtd.kill('SIGSTOP');
  t.match(await run('cat', [`/proc/${host.libvirtd.pid ?? 0}/stat`]), /\) T /);
  await host.libvirtd.kill('SIGCONT');
  await host.virsh('list');
});

await t.test('a guest without and with a filter', async (t) => {
  await using host = await startHost();
  await using peer = await host.observer('br0', { ip: '10.0.0.1/24' });
  await host.defineGuest({ name: 'open', nics: [{ mac }] });
  await host.defineGuest({ name: 'closed', nics: [{ mac: victim, filter: 'no-mac-spoofing' }] });
  const [open, closed] = await Promise.all([booted(host, 'open'), booted(host, 'closed')]);
  t.strictSame(await open.interfaces(), [{ name: 'eth0', mac }]);
  await open.up('eth0', '10.0.0.2/24');
  await closed.up('eth0', '10.0.0.3/24');
  t.equal(await open.ping('10.0.0.1', 2), 2);
  t.equal(await closed.ping('10.0.0.1', 2), 2, 'the honest ping passes the filter');

  t.equal(await attempt(open, mac, peer, forged, { count: 5 }), 5, 'forged frames pass without a filter');
  const fromClosed = ethernet({ src: mac, type: 0x88b5 });
  t.equal(await attempt(closed, victim, peer, fromClosed, { count: 5 }), 0, 'no-mac-spoofing drops them');
  const tagged = arp(
    { src: mac, tags: [{ vid: 5 }] },
    { senderMac: mac, senderIp: '10.0.0.2', targetIp: '10.0.0.1' },
  );
  t.equal(await attempt(open, mac, peer, tagged), 1, 'a tag arrives as it was sent');

  const { frame } = await open.expect('eth0', Buffer.from('ffffffffffff', 'hex'));
  await peer.send(ethernet({ src: '52:54:00:00:00:77', type: 0x88b5 }));
  t.equal((await frame).toString('hex', 6, 12), '525400000077');

  const flood = await closed.flood('eth0', [fromClosed, forged], { sequenceAt: 20 });
  await peer.next((seen) => seen.subarray(0, 14).equals(forged.subarray(0, 14)));
  t.ok((await flood.stop()).sent > 0);
  t.equal(
    peer.count((seen) => seen.subarray(0, 14).equals(fromClosed.subarray(0, 14))),
    0,
  );

  t.match(await host.kernelRules(), /I-vnet1-mac/);
  t.strictSame(await host.taps(), ['vnet0', 'vnet1']);
  t.strictSame(await host.bindings(), ['vnet1']);
  await host.virsh('destroy', 'open');
  await host.virsh('destroy', 'closed');
  t.strictSame(await host.leftovers(), { chains: [], jumps: [], bindings: [], taps: [] });
});

await t.test('floods from the first moment of a boot and of a hot plug', async (t) => {
  await using host = await startHost();
  await using peer = await host.observer();
  await host.defineGuest({ name: 'g', nics: [{ mac }], cmdline: floodAtBoot('eth0', [forged]) });
  await peer.waitFor(isFrame(forged), 60_000);
  const guest = await booted(host, 'g');
  t.ok((await guest.bootFlood().stop()).sent > 0);
  const plugged = ethernet({ src: '52:54:00:00:00:98', type: 0x88b5 });
  await guest.flood('eth1', [plugged], { whenAppears: true });
  const nic = nicXml({ mac: '52:54:00:00:00:02' });
  for (const time of ['first', 'second']) {
    const seen = peer.next(isFrame(plugged), 30_000);
    await host.virshXml(nic, 'attach-device', 'g', '@');
    t.ok(await seen, `flooded from the ${time} plug on`);
    // libvirt waits a few seconds for a guest that lets go, as this one does.
    await host.virshXml(nic, 'detach-device', 'g', '@');
    t.notMatch(await host.virsh('dumpxml', 'g'), '52:54:00:00:00:02', 'and unplugged');
  }
});

await t.test('nothing outlives an owner that was killed', async (t) => {
  const owner = spawn(process.execPath, ['--import=tsx', join(import.meta.dirname, 'owner.ts')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await new Promise<[string]>((resolve) =>
    createInterface(owner.stdout).once('line', (text: string) => {
      resolve([text]);
    }),
  );
  const { pid, dir, supervisor } = JSON.parse(line) as { pid: number; dir: string; supervisor: number };
  const namespace = await pidNamespace({ pid });
  t.ok((await processesIn(namespace)).length > 3);
  owner.kill('SIGKILL');
  await run((await nativePrograms())['await-exit'], [String(supervisor)]);
  t.strictSame(await processesIn(namespace), []);
  t.notOk(existsSync(dir));
});

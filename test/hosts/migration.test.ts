import t from 'tap';
import { ethernet, isFrame } from './frames.js';
import { Guest } from './guest.js';
import { startHost } from './host.js';
import { joinHosts, migrationConf } from './link.js';

await t.test('a guest moves between two hosts, and can be reached on either', async (t) => {
  const mac = '52:54:00:00:00:01';
  const addresses = ['10.9.0.1', '10.9.0.2'] as const;
  await using a = await startHost({ name: 'a', qemuConf: migrationConf(addresses[0]) });
  await using b = await startHost({ name: 'b', qemuConf: migrationConf(addresses[1]) });
  await joinHosts(a, b, [`${addresses[0]}/24`, `${addresses[1]}/24`]);
  await using there = await b.observer();
  await a.defineGuest({ name: 'traveller', nics: [{ mac, filter: 'no-mac-spoofing' }] });
  const before = await (await Guest.attach(a, 'traveller')).ready();
  const honest = ethernet({ src: mac, type: 0x88b5 });
  const flood = await before.flood('eth0', [honest], { intervalUs: 20_000 });
  t.ok((await flood.count()).errors >= 0);

  await a.virsh('migrate', '--live', 'traveller', b.uri);
  await there.waitFor(isFrame(honest), 30_000);
  await using after = await (await Guest.attach(b, 'traveller')).ready();
  t.match(await after.sh('uname -s'), /Linux/);
  t.strictSame(await b.bindings(), ['vnet0']);
  t.strictSame(await a.leftovers(), { chains: [], jumps: [], bindings: [], taps: [] });
});

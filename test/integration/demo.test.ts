import t from 'tap';
import { run } from '../hosts/index.js';
import { Demo } from './demo.js';

await t.test('the demo shows what it promises, and leaves nothing', async (t) => {
  const demo = await Demo.start(t, '--seconds', '9');
  await demo.printedSo(/liar +sent/);
  const namespaces = await demo.namespaces();
  t.equal(namespaces.size, 1, 'it has a host of its own');
  t.equal(await demo.ended(), 0, demo.printed);
  for (const wanted of [
    /request +POST \/v1\/vms \{"name":"honest",/,
    /verdict +honest is enforced/,
    /verdict +liar is enforced/,
    /honest +sends 20 .*: 20 reach a watcher/,
    /liar +sent [1-9][\d,]*; dropped [1-9][\d,]* \(mac [1-9][\d,]*, arp [1-9][\d,]*\); reached the watcher: 0/,
    /event +spoof\.dropped: [1-9][\d,]* frames, class mac/,
    /event +spoof\.dropped: [1-9][\d,]* frames, class arp/,
    /sabotage +# ebtables -t nat -F[^]*enforcement\.drifted: chain-differs[^]*enforcement\.repaired[^]*liar is enforced/,
    /sabotage +# nft flush chain[^]*enforcement\.drifted: guard-differs[^]*enforcement\.repaired[^]*liar is enforced/,
    /summary +[1-9][\d,]* forged frames were sent, and 0 reached the watcher/,
    /summary +2 sabotages: each found within \d+\.\d s, put right within \d+\.\d s/,
    /removed +both VMs/,
    /removed +the host/,
  ]) {
    t.match(demo.printed, wanted);
  }
  t.notMatch(demo.printed, /WRONG/);
  // eslint-disable-next-line no-control-regex
  t.notMatch(demo.printed, /\x1b/, 'no colours where no terminal is');
  t.strictSame(await demo.left(namespaces), []);
});

await t.test('a forged frame that gets through is told of', async (t) => {
  const demo = await Demo.start(t);
  await demo.printedSo(/liar +sends/);
  const tap = [...demo.printed.matchAll(/tap (vnet\d+)/g)].at(-1)?.[1] ?? '';
  const namespaces = await demo.namespaces();
  // both layers at once
  const script = `ebtables -t nat -F; nft flush chain netdev virtwarden_guard tap_${tap}`;
  const [pid = ''] = await demo.processes(namespaces);
  await run('nsenter', ['-t', pid, '-n', 'sh', '-c', script]);
  t.equal(await demo.ended(), 1, demo.printed);
  t.match(demo.printed, /WRONG +[1-9][\d,]* forged frames reached the watcher/);
  t.strictSame(await demo.left(namespaces), []);
});

const interruptions = [
  { signal: 'SIGINT', code: 130, when: /liar +sends/ },
  { signal: 'SIGTERM', code: 143, when: /POST .*"liar"/ },
] as const;
for (const { signal, code, when } of interruptions) {
  await t.test(`it leaves nothing when ${signal} ends it in the middle`, async (t) => {
    const demo = await Demo.start(t);
    await demo.printedSo(when);
    const namespaces = await demo.namespaces();
    t.equal(namespaces.size, 1);
    // from the terminal, and from npm
    demo.kill(signal);
    demo.kill(signal);
    t.equal(await demo.ended(), code, demo.printed);
    t.notMatch(demo.printed, /WRONG|summary/);
    t.match(demo.printed, /removed +the host/);
    t.strictSame(await demo.left(namespaces), []);
  });
}

await t.test('what it does not know it does not take', async (t) => {
  for (const args of [['--seconds', 'many'], ['--second=9']]) {
    const demo = await Demo.start(t, ...args);
    t.equal(await demo.ended(), 2);
    t.match(demo.printed, /^virtwarden: npm run demo takes -- --seconds N.*\n$/);
  }
});

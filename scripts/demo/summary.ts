import type { TestHost } from '../../test/hosts/index.js';
import { expect } from './expected.js';
import type { Cast, Count } from './lies.js';
import type { Mended } from './sabotage.js';
import { figure, say } from './screen.js';

/** What it all came to. */
export async function summarize(
  host: TestHost,
  { honest, liar }: Cast,
  { sent, drops, through }: Count,
  mended: Mended[],
): Promise<void> {
  expect(drops.total > 0, 'nothing was dropped');
  say('summary', `${figure(sent)} forged frames were sent, and ${figure(through)} reached the watcher`);
  const uncounted = sent - drops.total;
  say('summary', `${figure(drops.total)} were counted as dropped, by the kernel's rules`);
  if (uncounted > 0) {
    say(
      'summary',
      `${figure(uncounted)} were not: a NIC is closed to be put right, and its counters begin anew`,
    );
  }
  const ports = await portsOf(host, honest.mac);
  const known = ports.join(', ') || 'none any more';
  expect(!ports.includes(liar.tap), `the bridge has the honest one's address at ${known}`);
  say('summary', `ports where the bridge has learned the honest one's address: ${known}`);
  const slowest = (times: number[]): string => Math.max(...times).toFixed(1);
  say(
    'summary',
    `${mended.length} sabotages: each found within ${slowest(mended.map(({ found }) => found))} s, ` +
      `put right within ${slowest(mended.map(({ repaired }) => repaired))} s`,
  );
}

/** Where the bridge would send what is for this address. */
async function portsOf(host: TestHost, mac: string): Promise<string[]> {
  const entries = JSON.parse(await host.run('bridge', ['-j', 'fdb', 'show', 'br', 'br0'])) as FdbEntry[];
  return entries.filter((entry) => entry.mac === mac).map(({ ifname }) => ifname);
}

interface FdbEntry {
  mac: string;
  ifname: string;
}

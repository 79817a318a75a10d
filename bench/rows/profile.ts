import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load } from '../load.js';
import { stop } from '../peers/peer.js';
import { startService } from '../peers/service.js';
import { profileNow, whereTimeWent } from '../profile.js';
import { latency } from '../rows.js';
import { sampleOfLines } from '../sample.js';
import type { Bench } from '../section.js';
import { listPath, Stage } from '../stage.js';

/** Where the time of the longest list goes, one client, while a VM changes; and what libvirt alone takes. */
export async function profile({ plan, record }: Bench): Promise<void> {
  const size = plan.sizes.large;
  const row = `profile of the changing list of ${size}`;
  await using stage = await Stage.start(size, []);
  const directory = await mkdtemp(join(tmpdir(), 'virtwarden-profile-'));
  const args = ['--cpu-prof', `--cpu-prof-dir=${directory}`];
  const peer = await startService(stage.host, args);
  const requests = plan.profiled;
  const ask = (count: number): ReturnType<typeof load> => load(peer, { paths: [listPath], requests: count });
  await stage.whileChanging(async () => {
    await ask(Math.ceil(requests / 4)); // it is warm then
    const from = profileNow();
    const sample = await ask(requests);
    const to = profileNow();
    const rows = [latency(row, peer.name, [sample])];
    for (const mode of ['walk', 'full', 'state'])
      rows.push(latency(row, `raw ${mode}`, [sampleOfLines(await stage.raw('raw', [mode, '5']))]));
    await record(rows);
    await stop(peer);
    const spent = [...(await whereTimeWent(directory, { from, to }))].sort(([, a], [, b]) => b - a);
    await record(
      spent.map(([who, ms]) => ({ row: `${row}, of each request`, who, value: ms / requests, unit: 'ms' })),
    );
  });
  await rm(directory, { recursive: true });
}

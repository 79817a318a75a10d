import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What V8 writes of a process with --cpu-prof. @see https://chromedevtools.github.io/devtools-protocol/tot/Profiler/#type-Profile */
interface CpuProfile {
  nodes: { id: number; callFrame: { functionName: string; url: string } }[];
  /** µs of the monotonic clock. */
  startTime: number;
  samples: number[];
  /** µs between one and the next. */
  timeDeltas: number[];
}

/** Now, as a profile has it, µs. */
export const profileNow = (): number => Number(process.hrtime.bigint() / 1000n);

const looking = new Set(['stat', 'lstat', 'readdir', 'existsSync']);
const sending = new Set(['writev', 'writeBuffer', 'writeUtf8String', 'writeLatin1String']);

/** What a thread does while it is in a function, in words. */
function workOf({ functionName: name, url }: CpuProfile['nodes'][number]['callFrame']): string {
  if (name === '(idle)') return 'waiting for libvirt and the client';
  if (name === '(garbage collector)') return 'collecting garbage';
  if (looking.has(name) || url.startsWith('node:internal/fs') || url === 'node:fs')
    return "looking at libvirt's files";
  if (sending.has(name)) return 'sending';
  if (url.includes('/node-libvirt/')) return "making objects of libvirt's answers";
  if (url.startsWith('node:') || url === '') return "Node.js's own";
  return "the service's own code";
}

/**
 * Where the time of a process went, by kinds of work, ms.
 * @param directory where it has written its profile, and nothing else
 * @param from and `to` when that began and ended which is asked for, by `profileNow()`
 */
export async function whereTimeWent(
  directory: string,
  { from, to }: { from: number; to: number },
): Promise<Map<string, number>> {
  const [file = ''] = await readdir(directory);
  const profile = JSON.parse(await readFile(join(directory, file), 'utf8')) as CpuProfile;
  const works = new Map(profile.nodes.map(({ id, callFrame }) => [id, workOf(callFrame)]));
  const spent = new Map<string, number>();
  let at = profile.startTime;
  for (const [i, id] of profile.samples.entries()) {
    const took = profile.timeDeltas[i] ?? 0;
    at += took;
    if (at < from || at > to) continue;
    const work = works.get(id) ?? '';
    spent.set(work, (spent.get(work) ?? 0) + took / 1000);
  }
  return spent;
}

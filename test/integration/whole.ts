import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { HostEnforcement } from '../../src/schemas/enforcement.js';
import type { TestHost } from '../hosts/index.js';
import type { EventStream } from './event-stream.js';
import type { Service } from './service.js';

const linesOf = (text: string): string[] => text.split('\n').filter((line) => line !== '');

/** Filters that the service has made of lists, and no VM refers to. */
export async function unusedLists(host: TestHost): Promise<string[]> {
  const made = (await host.virsh('nwfilter-list')).match(/virtwarden-list-\S+/g) ?? [];
  if (made.length === 0) return [];
  const all =
    'for vm in $(virsh -q list --all --name); do virsh dumpxml $vm; virsh dumpxml --inactive $vm; done';
  const xmls = await host.run('sh', ['-c', `{ ${all}; } 2>/dev/null || true`]); // one may go meanwhile
  return made.filter((filter) => !xmls.includes(filter));
}

/**
 * What is not as it has to be when nobody is changing anything: each running NIC enforced, and nothing left of what is
 * gone or was cut off. The host is asked itself, beside the service.
 */
export async function notWhole(host: TestHost, service: Service): Promise<string[]> {
  const { status, body } = await service.request<HostEnforcement>('GET', '/v1/enforcement');
  if (status !== 200) return [`GET /v1/enforcement answers ${status}`];
  const { nics, findings } = body;
  const wrong = nics.flatMap(({ vmName, nic, status, findings }) =>
    status === 'inactive'
      ? []
      : [`${vmName} ${nic}: ${status}, ${findings.map(({ detail }) => detail).join(' ')}`],
  );
  const taps = new Set(await host.taps());
  const { chains, bindings } = await host.leftovers();
  const [tables, guards, journal, paused] = await Promise.all([
    host.run('nft', ['list', 'tables']),
    host.run('nft', ['-j', 'list', 'chains', 'netdev']),
    readdir(join(host.dir, 'state', 'journal')),
    host.virsh('list', '--state-paused', '--name'),
  ]);
  const guarded = [...guards.matchAll(/"name": "tap_([^"]+)"/g)].map(([, tap = '']) => tap);
  return [
    ...wrong,
    ...findings.map(({ detail }) => detail),
    ...[...taps].filter((tap) => !bindings.includes(tap)).map((tap) => `${tap} has no binding`),
    ...bindings.filter((port) => !taps.has(port)).map((port) => `a binding of ${port} is left`),
    ...chains
      .filter((chain) => ![...taps].some((tap) => chain.includes(tap)))
      .map((chain) => `${chain} is left`),
    ...guarded.filter((tap) => !taps.has(tap)).map((tap) => `a guard of ${tap} is left`),
    ...(tables.match(/virtwarden_closed_\S+/g) ?? []).map((table) => `${table} is left`),
    ...journal.map((entry) => `${entry} is left in the journal`),
    ...(await unusedLists(host)).map((filter) => `${filter} is left`),
    ...linesOf(paused).map((vm) => `${vm} is left paused`),
  ];
}

/** What nobody puts right for so long nobody will: orphans are taken away after 5 s, changes time out after 30, ms. */
const limitMs = 120_000;

/**
 * Resolves when nothing is wrong any more. What puts it right tells of it, or a VM's end does; it is looked again after 2 s at
 * the latest, for an event may have come before it was waited for.
 * @param say told what was wrong meanwhile
 * @throws Error naming what stays wrong
 */
export async function untilWhole(
  host: TestHost,
  service: Service,
  events: EventStream,
  say: (wrong: string) => void,
): Promise<void> {
  const began = performance.now();
  for (;;) {
    const since = events.events.length;
    const wrong = await notWhole(host, service);
    if (wrong.length === 0) return;
    if (performance.now() - began > limitMs)
      throw new Error(`after ${limitMs / 1000} s: ${wrong.join('\n')}`);
    say(wrong.join('\n'));
    await Promise.race([events.more(since), setTimeout(2000)]);
  }
}

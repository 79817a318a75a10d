import { readdirSync, readFileSync } from 'node:fs';
import { FilterCatalog } from '../../src/filtering/catalog.js';
import { readShippedFilters } from '../../src/filtering/shipped.js';
import { parseGuards } from '../../src/guard/listing.js';
import { guardFor } from '../../src/guard/rules.js';
import { putScript } from '../../src/guard/script.js';
import { guardTable } from '../../src/kernel/guard-table.js';
import { attacker } from './cast.js';
import { type FilterUnderAttack, filtersUnderAttack, parametersFor } from './filters.js';
import type { Lane, Stage } from './stage.js';

const stock = '/usr/share/libvirt/nwfilter';
const catalog = new FilterCatalog([
  ...readShippedFilters().map(({ xml }) => xml),
  ...readdirSync(stock).map((file) => readFileSync(`${stock}/${file}`, 'utf8')),
]);

/** All that a filter is made of. */
const namesIn = (filter: string): string[] => catalog.tree([filter]).filters.map(({ name }) => name);

/** What the filter wants and carries, with its guard: besides its own rules, or alone. */
export function withGuard(name: string, how: 'alone' | 'besides'): FilterUnderAttack {
  const filter = filtersUnderAttack.find((one) => one.name === name);
  if (!filter) throw new Error(`${name} is not under attack`);
  const { wants, promises, carries } = filter;
  return { wants, promises, carries, ...(how === 'besides' && { name }), guardOf: name };
}

const tapOf = (domiflist: string, mac: string): string => {
  const line = domiflist.split('\n').find((one) => one.includes(mac));
  const tap = line?.trim().split(/\s+/)[0];
  if (tap === undefined) throw new Error(`the NIC ${mac} has no tap`);
  return tap;
};

/** Puts the guards that the lanes are to have onto their taps. */
export async function putGuards(stage: Stage): Promise<void> {
  const list = await stage.host.virsh('domiflist', 'attacker');
  for (const { filter, number } of stage.lanes) {
    if (filter.guardOf === undefined) continue;
    const { mac } = attacker(number);
    const port = tapOf(list, mac);
    const parameters = parametersFor(filter, attacker(number)).map(([name, value]) => ({ name, value }));
    const guard = guardFor({ port, mac, filters: namesIn(filter.guardOf), parameters });
    await stage.host.run('nft', ['-f', '-'], { input: putScript(guard) });
  }
}

/** How many frames the guard of a lane has dropped, by class. */
export async function dropsOf({ host }: Stage, { number }: Lane): Promise<Record<string, number>> {
  const guards = parseGuards(await host.run('nft', ['-a', 'list', 'table', 'netdev', guardTable]));
  const tap = tapOf(await host.virsh('domiflist', 'attacker'), attacker(number).mac);
  const drops: Record<string, number> = {};
  for (const { class: kind = '', packets = 0 } of guards.get(tap)?.rules ?? []) {
    if (kind !== 'pass') drops[kind] = (drops[kind] ?? 0) + packets;
  }
  return drops;
}

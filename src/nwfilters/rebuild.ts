import { setTimeout as delay } from 'node:timers/promises';
import type { Connection } from 'node-libvirt';
import { Problem } from '../errors.js';
import { holdingFilters } from '../filtering/all-filters.js';
import { FilterCatalog } from '../filtering/catalog.js';
import { readKernelFacts } from '../enforcement/facts.js';
import { findUnenforced } from '../enforcement/kernel.js';
import { type KernelSnapshot, readKernel } from '../kernel/snapshot.js';
import type { Filter } from '../nwfilter/model.js';
import { filterToXml } from '../nwfilter/to-xml.js';
import type { OperationTools } from '../operations/work.js';
import type { VmContext } from '../vms/context.js';
import type { BindingDescription } from '../xml/nwfilter-binding.js';
import { bringToLibvirt } from './define.js';
import { readBindings } from './users.js';

type Progress = OperationTools['progress'];

const lookMs = 400;

/**
 * How far libvirt is: it first makes the new rules of all ports, in chains of their own, then puts those in the place of
 * the old, port by port.
 */
export class RebuildProgress {
  readonly #ports: readonly string[];
  readonly #made = new Set<string>();

  constructor(ports: readonly string[]) {
    this.#ports = ports;
  }

  /** Takes in what the kernel has now. */
  look({ ebtables, libvirt_nwfilter_ethernet: native }: KernelSnapshot['tables']): {
    percent: number;
    text: string;
  } {
    const waiting = this.#ports.filter(
      (port) =>
        ebtables.has(`libvirt-J-${port}`) || ebtables.has(`libvirt-P-${port}`) || native.has(`n-${port}-in`),
    );
    for (const port of waiting) this.#made.add(port);
    const [all, made] = [this.#ports.length, this.#made.size];
    const inForce = made - waiting.length;
    return {
      percent: Math.min(99, (100 * (made + inForce)) / (2 * all)),
      text: `the new rules of ${made} of ${all} NICs are made, of ${inForce} in force`,
    };
  }
}

async function follow(ports: string[], rebuilt: Promise<unknown>, progress: Progress): Promise<void> {
  const state = new RebuildProgress(ports);
  const ended = rebuilt.then(
    () => true,
    () => true,
  );
  while (!(await Promise.race([ended, delay(lookMs, false)]))) {
    try {
      const { percent, text } = state.look((await readKernel()).tables);
      progress(percent, text);
    } catch {
      // how far it is cannot be told now; whether it succeeded will be
    }
  }
}

/** @throws Problem filter-not-enforced, kernel-unreadable */
async function demandAllEnforced(connection: Connection, nics: readonly BindingDescription[]): Promise<void> {
  const [catalog, bindings] = await Promise.all([FilterCatalog.read(connection), readBindings(connection)]);
  const present = new Set(bindings.map(({ port }) => port));
  const compared = nics
    .filter(({ port }) => present.has(port)) // the others were unplugged meanwhile
    .map(({ mac, port, filter, parameters }) => {
      const nic = {
        mac,
        type: 'bridge',
        target: port,
        linkState: 'up' as const,
        filter,
        filterParameters: parameters,
      };
      return { nic, filter };
    });
  const kernel = await readKernelFacts(bindings, compared, catalog);
  const findings = compared.flatMap(({ nic, filter }) => findUnenforced(nic, filter, catalog, kernel));
  if (findings.length === 0) return;
  throw new Problem('filter-not-enforced', `The filter is defined, but not in force: ${findings.join(' ')}`);
}

/**
 * Replaces a filter that running NICs use. libvirt makes their new rules beside the old and changes over without a gap;
 * when it fails for one of them, all keep the old filter and rules.
 * @throws Problem filter-not-enforced, kernel-unreadable; LibvirtError
 */
export async function rebuildNics(
  { connection, events }: Pick<VmContext, 'connection' | 'events'>,
  filter: Filter,
  nics: readonly BindingDescription[],
  progress: Progress,
): Promise<void> {
  progress(0, `libvirt makes the rules of ${nics.length} NICs anew`);
  await holdingFilters(connection, { name: filter.name, xml: filterToXml(filter) }, async () => {
    const rebuilt = bringToLibvirt(connection, filter);
    const ports = nics.map(({ port }) => port);
    await Promise.all([rebuilt, follow(ports, rebuilt, progress)]);
  });
  events.publish('nwfilter.replaced', { nwfilter: filter.name });
  await demandAllEnforced(connection, nics);
  progress(100, `the new rules of ${nics.length} NICs are in force`);
}

import { type Domain, VIR_DOMAIN_PAUSED } from 'node-libvirt';
import { Problem } from '../errors.js';
import { sweepComposed } from '../filtering/composed.js';
import { sweepGuards } from '../guard/guard.js';
import { readRules } from '../nics/rules.js';
import type { OperationTools } from '../operations/work.js';
import type { MigrateInput, Migration } from '../schemas/migration.js';
import type { MigrationEntry } from '../state/journal-entry.js';
import type { VmContext } from '../vms/context.js';
import { findVm } from '../vms/find.js';
import { journaled } from '../vms/journaled.js';
import { writeRecord } from '../vms/record.js';
import { type ArrivedNic, arrivedNics, wrongOf } from './arrival.js';
import { conclude } from './conclude.js';
import { Destination } from './destination.js';
import { type Figures, shareOf } from './figures.js';
import { FilterTree } from './filter-tree.js';
import { letRunThere } from './let-run.js';
import { filtersOf, type Machine } from './machine.js';
import { Pace } from './pace.js';
import { asMigrationProblem, isMissingFilter } from './problem.js';
import { send } from './send.js';
import { demandSuitable } from './suitable.js';
import { MigrationWatch } from './watch.js';

/** The percentages at which the steps begin, of which sending takes nearly all. */
const steps = { filters: 2, send: 5, arrived: 96 } as const;

export interface MigrationWork {
  machine: Machine;
  /** Whether it ran, and so is to run on the destination. */
  runs: boolean;
  input: MigrateInput;
  /** What work on VMs needs, when there is a connection to libvirt: it may be lost meanwhile. @throws Problem libvirt-unavailable */
  context: () => Promise<VmContext>;
  tools: OperationTools;
}

/** A migration, from the look at the destination to the look at what was left. */
class Move {
  readonly #work: MigrationWork;
  #told: Migration;
  #percent = 0;
  /** Whether all is done that a VM which is on the destination needs to run there. */
  #settled = false;

  constructor(work: MigrationWork) {
    this.#work = work;
    this.#told = { destinationUri: work.input.destinationUri, where: 'source' };
  }

  get #entry(): MigrationEntry {
    const { machine, runs, input } = this.#work;
    const { destinationUri, destinationUrl, destinationToken } = input;
    return {
      kind: 'migration',
      vm: machine.uuid,
      runs,
      destinationUri,
      ...(destinationUrl !== undefined && { destinationUrl }),
      ...(destinationToken !== undefined && { destinationToken }),
    };
  }

  #tell(part: Partial<Migration>): void {
    this.#told = { ...this.#told, ...part };
    this.#work.tools.migration(this.#told);
  }

  /** It never goes back: memory that was changed again is to be sent again. */
  #progress(percent: number, text: string): void {
    this.#percent = Math.max(this.#percent, percent);
    this.#work.tools.progress(this.#percent, text);
  }

  #tellFigures(figures: Figures): void {
    this.#tell(figures);
    const share = shareOf(figures) ?? 0;
    this.#progress(steps.send + share * (steps.arrived - steps.send - 1), 'sending the VM');
  }

  /** @throws Problem with where the VM is, or the signal's reason */
  async run(): Promise<void> {
    this.#tell({});
    this.#progress(0, 'looking at the destination');
    try {
      await using destination = await Destination.open(this.#work.input);
      await this.#to(destination);
    } catch (error) {
      throw this.#explained(error);
    }
  }

  async #to(destination: Destination): Promise<void> {
    const { input, machine, context, tools } = this.#work;
    const here = await context();
    const rules = await readRules(here);
    await demandSuitable(destination.within(tools.signal), machine, rules);
    tools.signal.throwIfAborted();
    this.#progress(steps.filters, 'bringing the filters to the destination');
    const filters = new FilterTree(rules.catalog, filtersOf(machine));
    const bring = (): Promise<number> =>
      destination.on((connection) => filters.bring(connection, input.replaceFilters ?? false));
    try {
      await bring();
      tools.signal.throwIfAborted();
      await this.#move(here, destination, bring);
    } catch (error) {
      if (this.#told.where === 'source') await this.#takeBack(here, destination, filters);
      throw error;
    }
    await this.#finish(destination);
  }

  async #takeBack({ log }: VmContext, destination: Destination, filters: FilterTree): Promise<void> {
    try {
      await destination.on((connection) => filters.takeBack(connection));
    } catch (error) {
      const { machine } = this.#work;
      log.warn({ err: error, vm: machine.uuid }, 'filters that were brought to a destination stay there');
    }
  }

  /** Moves it with its entry in the journal. @throws what has failed; then it is found out where the VM is */
  async #move(here: VmContext, destination: Destination, bring: () => Promise<number>): Promise<void> {
    const { context } = this.#work;
    const entry = this.#entry;
    await journaled(
      here,
      entry,
      async () => {
        await this.#send(here, destination, bring);
        const there = await destination.find(entry.vm);
        if (!there)
          throw new Problem(
            'migration-failed',
            'libvirt has ended the migration, and the VM is not on the destination.',
          );
        this.#tell({ where: 'destination' });
        this.#progress(steps.arrived, 'letting the VM run on the destination');
        if (entry.runs && (await destination.on(() => isPaused(there))))
          await letRunThere(destination, there);
      },
      async () => {
        this.#tell({ where: 'unknown' });
        await conclude(await context(), entry, (where) => this.#tell({ where }));
        this.#settled = true;
      },
    ).catch((error: unknown) => {
      // whatever libvirt said: it is there, and runs if it did
      if (this.#told.where !== 'destination' || !this.#settled) throw error;
      here.log.warn(
        { err: error, vm: entry.vm },
        'a migration has ended with an error, and the VM is on the destination',
      );
    });
  }

  async #send(here: VmContext, destination: Destination, bring: () => Promise<number>): Promise<void> {
    const { machine, input, tools } = this.#work;
    const domain = await findVm(here.connection, machine.uuid);
    if (!domain) throw new Problem('vm-not-found', `The VM ${machine.name} is gone.`);
    await using held = domain;
    if (!machine.active) {
      this.#progress(steps.send, 'sending the definition of the VM');
      await send(held, machine, input);
      return;
    }
    // until it has ended the destination has the live document alone, by which it decides what the NICs are to have
    if (machine.definition.known) await writeRecord(held, machine.definition.record);
    const pace = await Pace.hold(held, input);
    try {
      await this.#sendOnce(held, destination, pace).catch(async (error: unknown) => {
        // a virtwarden there removes filters of lists without users: it may have done so just now
        if (tools.signal.aborted || !isMissingFilter(error) || (await bring()) === 0) throw error;
        await this.#sendOnce(held, destination, pace);
      });
    } catch (error) {
      await pace.restore();
      throw error;
    }
  }

  #sendOnce(domain: Domain, destination: Destination, pace: Pace): Promise<void> {
    const { machine, input, tools } = this.#work;
    this.#progress(steps.send, 'waiting for the filters to be in force on the destination');
    return new MigrationWatch({
      domain,
      destination,
      arrival: { uuid: machine.uuid, interfaces: machine.now.interfaces },
      pace,
      postCopy: input.postCopy ?? false,
      signal: tools.signal,
      tell: (figures) => this.#tellFigures(figures),
    }).until(send(domain, machine, input));
  }

  /** What libvirt does not take along, and whether all is well. */
  async #finish(destination: Destination): Promise<void> {
    const { machine, context } = this.#work;
    const there = await destination.find(machine.uuid);
    if (machine.autostart) await destination.on(async () => there?.setAutostart(true));
    this.#progress(steps.arrived + 2, 'looking at what is there, and what was left here');
    const here = await context();
    await sweepComposed(here);
    await sweepGuards();
    const nics = machine.active ? await this.#verdicts(destination) : [];
    this.#tell({ nics: nics.map(({ mac, status }) => ({ mac, status })) });
    const wrong = wrongOf(nics);
    if (wrong === undefined) {
      this.#progress(100, `the VM is on ${destination.uri}`);
      return;
    }
    throw new Problem(
      'filter-not-enforced',
      `The VM is on the destination, ${destination.uri}, and its filters are not all in force there: ${wrong}`,
    );
  }

  #verdicts(destination: Destination): Promise<ArrivedNic[]> {
    const { machine } = this.#work;
    return arrivedNics(destination, { uuid: machine.uuid, interfaces: machine.now.interfaces });
  }

  /** What failed, with where the VM is. */
  #explained(error: unknown): unknown {
    const { tools, machine, input } = this.#work;
    if (this.#told.where === 'source' && tools.signal.aborted) {
      this.#progress(this.#percent, this.#staysHere());
      return tools.signal.reason;
    }
    const problem = asMigrationProblem(error, machine);
    if (!problem) return error;
    const where = {
      source: this.#staysHere(),
      destination: `The VM ${machine.name} is on the destination, ${input.destinationUri}.`,
      unknown: `Where the VM ${machine.name} is could not be told yet: it is tried again, and it runs on no second host meanwhile.`,
    }[this.#told.where];
    return new Problem(problem.type, `${problem.message} ${where}`, { cause: error });
  }

  #staysHere(): string {
    const { machine, runs } = this.#work;
    return `The VM ${machine.name} is on this host${runs ? ' and runs' : ''}, as before.`;
  }
}

/** A domain that has come, and waits to be let run. */
async function isPaused(domain: Domain): Promise<boolean> {
  return (await domain.getState()).state === VIR_DOMAIN_PAUSED;
}

/**
 * Moves a VM to another host, where it runs only with its filters in force. The caller has seen to it that nobody else changes it.
 * @throws Problem with what has failed and where the VM is; the signal's reason when it was cancelled, and the VM is where it was
 */
export const migrate = (work: MigrationWork): Promise<void> => new Move(work).run();

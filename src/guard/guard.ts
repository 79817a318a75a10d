import { readdir } from 'node:fs/promises';
import { guardTable, listGuardTable } from '../kernel/guard-table.js';
import { chainsOf } from '../kernel/table-dump.js';
import { runTool } from '../kernel/tool.js';
import type { ExpectedGuard } from './differs.js';
import { type FoundGuard, foundGuards, parseProof } from './listing.js';
import type { Guard } from './rules.js';
import { chainOf, proofScript, putScript, removeScript } from './script.js';

/** The table as it has to be; by itself, for one that was switched off takes no chain in the transaction that switches it on. */
async function haveTable(): Promise<void> {
  await runTool('nft', ['add', 'table', 'netdev', guardTable]);
}

/** @throws Problem kernel-unreadable */
async function runScript(script: string): Promise<void> {
  try {
    await runTool('nft', ['-f', '-'], script);
  } catch {
    // the table may be switched off
    await haveTable();
    await runTool('nft', ['-f', '-'], script);
  }
}

/**
 * Gives taps these guards, in the place of those they have: all of them, or none.
 * @throws Problem kernel-unreadable
 */
export async function putGuard(...guards: readonly Guard[]): Promise<void> {
  if (guards.length > 0) await runScript(guards.map(putScript).join(''));
}

/** Takes a tap's guard away; without one, does nothing. @throws Problem kernel-unreadable */
export const removeGuard = (tap: string): Promise<void> => runScript(removeScript(tap));

/** The guards that the kernel has now, by tap. @throws Problem kernel-unreadable */
export const readGuards = async (): Promise<Map<string, FoundGuard>> => foundGuards(await listGuardTable());

/** The same, for who wants to know of these taps alone: nft lists them only where the kernel has one of them. @throws Problem kernel-unreadable */
export async function readGuardsOf(taps: readonly string[]): Promise<Map<string, FoundGuard>> {
  const chains = await chainsOf(guardTable);
  return !chains || taps.some((tap) => chains.has(chainOf(tap))) ? readGuards() : new Map();
}

/**
 * What these guards look like when they are listed: this nft on this kernel is asked, for nft spells rules in its own way.
 * @throws Problem kernel-unreadable
 */
export async function expectGuards(guards: readonly Guard[]): Promise<ExpectedGuard[]> {
  if (guards.length === 0) return [];
  const echo = await runTool('nft', ['-e', '-f', '-'], proofScript(guards));
  const rules = parseProof(
    echo,
    guards.map(({ tap }) => tap),
  );
  return guards.map(({ tap }, i) => ({ tap, rules: rules[i] ?? [] }));
}

const devicesHere = (): Promise<string[]> => readdir('/sys/class/net');

/**
 * Removes the guards of taps that are gone: the kernel keeps them for the next tap of the name. Gives those taps.
 * @param devices the names of all network devices
 * @throws Problem kernel-unreadable
 */
export async function sweepGuards(devices = devicesHere): Promise<string[]> {
  // the guards first: a tap that comes in between is there when its name is looked for
  const guarded = await readGuards();
  const there = new Set(await devices());
  const gone = [...guarded].filter(([tap]) => !there.has(tap));
  for (const [tap, { handle }] of gone) {
    // by its number: one that a new tap of the name was given meanwhile has another
    await runTool('nft', [`delete chain netdev ${guardTable} handle ${handle}`]).catch(
      async (error: unknown) => {
        if ((await readGuards()).get(tap)?.handle === handle) throw error;
      },
    );
  }
  return gone.map(([tap]) => tap);
}

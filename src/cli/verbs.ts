import { CommandError } from './exit.js';
import type { ClientArguments } from './settings.js';

/** What a command can do, by the word that follows it. */
export type Verbs = ReadonlyMap<string, (args: string[]) => Promise<void>>;

/** Does what the first argument says. @throws CommandError when that is none of the verbs */
export async function runVerb(command: string, verbs: Verbs, [verb = '', ...args]: string[]): Promise<void> {
  const run = verbs.get(verb);
  if (!run) throw new CommandError('wrongUse', `${command} wants one of ${[...verbs.keys()].join(', ')}.`);
  await run(args);
}

/** The arguments of a verb that are no flags. @throws CommandError when there are not as many as it has names for them */
export function demandNames<const Names extends readonly string[]>(
  verb: string,
  { positionals }: Pick<ClientArguments, 'positionals'>,
  ...names: Names
): { [At in keyof Names]: string } {
  const strange = positionals.find((name) => ['', '.', '..'].includes(name));
  if (strange !== undefined) throw new CommandError('wrongUse', `${verb}: nothing is named "${strange}".`);
  if (positionals.length === names.length) return positionals as { [At in keyof Names]: string };
  throw new CommandError('wrongUse', `${verb} wants ${names.join(' and ') || 'no names'}.`);
}

import type { Schemas } from '../client/index.js';
import { withoutAbsent } from './body.js';
import { CommandError } from './exit.js';
import { parseExpiry } from './expiry.js';
import type { FlagValues } from './settings.js';

type NicPatch = Schemas['NicPatch'];

/** The flags for what can be changed of a NIC. */
export const filteringFlags = {
  link: { type: 'string' },
  filter: { type: 'string', multiple: true },
  'no-filters': { type: 'boolean' },
  parameter: { type: 'string', multiple: true },
  trust: { type: 'string' },
  expires: { type: 'string' },
} as const;
type Flags = FlagValues<typeof filteringFlags>;

function parseParameter(text: string): Schemas['FilterParameter'] {
  const at = text.indexOf('=');
  if (at < 0) throw new CommandError('wrongUse', `"${text}" is not NAME=VALUE.`);
  return { name: text.slice(0, at), value: text.slice(at + 1) };
}

function filtersOf({ filter, 'no-filters': none }: Flags): NicPatch['filters'] {
  if (filter && none) throw new CommandError('wrongUse', '--filter and --no-filters exclude each other.');
  return none ? [] : filter;
}

function trustOf({ trust: reason, expires }: Flags): NicPatch['trust'] {
  if (reason !== undefined)
    return { reason, ...(expires !== undefined && { expiresAt: parseExpiry(expires) }) };
  if (expires === undefined) return undefined;
  throw new CommandError('wrongUse', '--expires goes with --trust REASON.');
}

/** What those flags say; without the members that none is about. @throws CommandError */
export const filteringOf = (flags: Flags): NicPatch =>
  withoutAbsent({
    // Which states there are is the service's to say.
    linkState: flags.link as NicPatch['linkState'],
    filters: filtersOf(flags),
    filterParameters: flags.parameter?.map(parseParameter),
    trust: trustOf(flags),
  });

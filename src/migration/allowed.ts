import type { Caller } from '../access/caller.js';
import { isAtLeast } from '../access/grant.js';
import { fieldProblem, Problem } from '../errors.js';
import type { MigrateInput } from '../schemas/migration.js';
import { destinationHost } from './destination-uri.js';

/**
 * Whether the caller may send a VM, and all that is in its memory, to this destination: an admin to any, everyone else to those that
 * the settings name. The token goes to the same host, and over TLS.
 * @param destinations the setting
 * @throws Problem invalid-request, forbidden
 */
export function demandDestination(
  { destinationUri, destinationUrl, destinationToken }: MigrateInput,
  caller: Pick<Caller, 'role'> | undefined,
  destinations: readonly string[],
): void {
  const host = destinationHost(destinationUri);
  if (destinationUrl !== undefined && !URL.canParse(destinationUrl))
    throw fieldProblem('invalid-request', '/destinationUrl', 'is not a URL');
  if (destinationToken !== undefined && destinationUrl === undefined)
    throw fieldProblem('invalid-request', '/destinationToken', 'is of no use without /destinationUrl');
  if (caller === undefined || isAtLeast(caller.role, 'admin')) return;
  if (!destinations.includes(destinationUri))
    throw new Problem(
      'forbidden',
      `${destinationUri} is none of the destinations that the setting migrationDestinations names: only an admin may move VMs elsewhere.`,
      { errors: [{ path: '/destinationUri', message: 'is not among the destinations of this host' }] },
    );
  if (destinationUrl === undefined) return;
  const { protocol, hostname } = new URL(destinationUrl);
  if (protocol === 'https:' && hostname === host) return;
  throw new Problem(
    'forbidden',
    'Only an admin may name a virtwarden that is not at the host of /destinationUri, or not reached by https.',
    { errors: [{ path: '/destinationUrl', message: 'must be an https URL of the same host' }] },
  );
}

import type { Caller } from '../access/caller.js';
import { isAtLeast } from '../access/grant.js';
import { fieldProblem, Problem } from '../errors.js';
import type { MigrateInput } from '../schemas/migration.js';
import { destinationHost } from './destination-uri.js';

/** A password in it would stand wherever it is named. @throws Problem invalid-request */
function demandPlain(destinationUrl: string): void {
  const wrong = (message: string): Problem => fieldProblem('invalid-request', '/destinationUrl', message);
  if (!URL.canParse(destinationUrl)) throw wrong('is not a URL');
  const { username, password, search, hash } = new URL(destinationUrl);
  if (username !== '' || password !== '')
    throw wrong('must have neither a user nor a password: /destinationToken says who asks');
  if (search !== '' || hash !== '') throw wrong('must have neither a query nor a fragment');
}

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
  if (destinationUrl !== undefined) demandPlain(destinationUrl);
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

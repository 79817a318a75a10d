import { signal } from '@preact/signals';
import { isAtLeast, type Role } from '../../access/grant.js';
import { type Schemas, showToken } from './client.js';

/** Who is signed in. */
export const caller = signal<Schemas['Whoami'] | undefined>(undefined);
/** Why nobody is any more. */
export const whySignedOut = signal('');

/** Forgets the token, and with it all that was seen by it. */
export function signOut(why = ''): void {
  showToken(undefined);
  whySignedOut.value = why;
  caller.value = undefined;
}

/** The service does not know any more who this is. */
export function letInNoMore(): void {
  if (caller.value) signOut('Your token does not hold any more.');
}

/** Whether to offer what needs a role: the service asks for it all the same. */
export const may = (role: Role): boolean => caller.value !== undefined && isAtLeast(caller.value.role, role);
export const mayTrust = (): boolean => caller.value?.trust === true;

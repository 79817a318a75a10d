import type { Grant } from './grant.js';

/** By what somebody was known. */
export const identities = ['token', 'certificate', 'peer'] as const;

/** Somebody who was let in, and how. */
export interface Caller extends Grant {
  /** As it stands in the log: a token's name, a certificate's subject, a user of the host. */
  name: string;
  via: (typeof identities)[number];
  /** The same for the same caller, and for nobody else: what is counted or remembered of a caller goes by it. */
  key: string;
}

import type { Grant } from './grant.js';

/** Somebody who was let in, and how. */
export interface Caller extends Grant {
  /** As it stands in the log: a token's name. */
  name: string;
  via: 'token';
  /** The same for the same caller, and for nobody else: what is counted or remembered of a caller goes by it. */
  key: string;
}

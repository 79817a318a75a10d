/**
 * When something ends, ms since the epoch; Infinity where it has no end. RFC 3339 allows times that `Date` does not know, a leap
 * second for one: what is to end at such a time has ended, rather than never to end.
 */
export const endOf = (expiresAt: string | undefined): number =>
  expiresAt === undefined ? Infinity : Date.parse(expiresAt) || 0;

import { createHash } from 'node:crypto';
import { endOf } from '../expiry.js';
import type { StoredToken, Token } from '../schemas/token.js';

/** What is kept of a token, hex. */
export const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');

export const isExpired = ({ expiresAt }: Pick<StoredToken, 'expiresAt'>): boolean =>
  endOf(expiresAt) <= Date.now();

/** As it may be seen. */
export function shown(token: StoredToken): Token {
  const { id, name, role, trust, createdAt, expiresAt, lastUsedAt } = token;
  return {
    ...{ id, name, role, trust, createdAt },
    ...(expiresAt !== undefined && { expiresAt }),
    ...(lastUsedAt !== undefined && { lastUsedAt }),
    expired: isExpired(token),
  };
}

/** What goes by a token's holder goes by this. */
export const keyOf = ({ id }: Pick<Token, 'id'>): string => `token:${id}`;

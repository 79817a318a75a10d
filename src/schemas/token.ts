import Type, { type Static } from 'typebox';
import { roles } from '../access/grant.js';
import { ref } from './ref.js';

export const TokenName = Type.String({
  minLength: 1,
  maxLength: 64,
  pattern: '^[A-Za-z0-9][A-Za-z0-9_.@-]*$',
  description: 'whose it is, as it stands in the log; unique',
});
const RoleName = Type.Enum([...roles], {
  description: 'viewer reads; operator also changes VMs and NICs; admin also filters, policy and tokens',
});
const time = (description: string) => Type.String({ format: 'date-time', description });

const members = {
  id: Type.String({ format: 'uuid' }),
  name: TokenName,
  role: RoleName,
  trust: Type.Boolean({ description: 'may leave a NIC without its filters; an admin always may' }),
  createdAt: time('when it was made'),
  expiresAt: Type.Optional(time('from then on it lets nobody in')),
  lastUsedAt: Type.Optional(time('when it last let somebody in; a crash forgets the last minute')),
};

/** A token, but for what it is itself: only its holder has that. */
export const Token = Type.Object(
  { ...members, expired: Type.Boolean() },
  { $id: 'Token', additionalProperties: false },
);
export type Token = Static<typeof Token>;

export const TokenInput = Type.Object(
  {
    name: TokenName,
    role: RoleName,
    trust: Type.Optional(Type.Boolean({ default: false })),
    expiresAt: Type.Optional(time('absent: it holds until it is revoked')),
  },
  { $id: 'TokenInput', additionalProperties: false },
);
export type TokenInput = Static<typeof TokenInput>;

export const TokenCreated = Type.Object(
  {
    ...Token.properties,
    token: Type.String({ description: 'what goes into the header Authorization; it is not shown again' }),
  },
  { $id: 'TokenCreated', additionalProperties: false },
);
export type TokenCreated = Static<typeof TokenCreated>;

export const TokenList = Type.Object({ items: Type.Array(ref(Token)) }, { $id: 'TokenList' });

/** A token as it is kept. */
export const StoredToken = Type.Object({
  ...members,
  sha256: Type.String({
    pattern: '^[0-9a-f]{64}$',
    description: 'of the token, hex: a token is 256 random bits, which no one finds by trying',
  }),
});
export type StoredToken = Static<typeof StoredToken>;

export const tokenSchemas = [Token, TokenInput, TokenCreated, TokenList];

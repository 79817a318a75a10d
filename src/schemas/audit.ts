import Type, { type Static } from 'typebox';
import { identities } from '../access/caller.js';
import { roles } from '../access/grant.js';
import { ref } from './ref.js';

export const auditResults = ['succeeded', 'failed', 'denied', 'running', 'unfinished'] as const;

const Short = (description: string) =>
  Type.Record(Type.String(), Type.Unknown(), { description: `${description}, in short; no secret is in it` });

/** One change, or an attempt at one. */
export const AuditEntry = Type.Object(
  {
    id: Type.String({ description: 'the id of the request, as in the log' }),
    at: Type.String({ format: 'date-time' }),
    endedAt: Type.Optional(Type.String({ format: 'date-time' })),
    caller: Type.Object({
      name: Type.String(),
      role: Type.Optional(Type.Enum([...roles])),
      trust: Type.Optional(
        Type.Boolean({ description: 'it had the permission to trust NICs beside its role' }),
      ),
      via: Type.Enum([...identities, 'service', 'offline'], {
        description:
          'token, certificate, peer: what it was known by, the last a user of the host on the unix socket; service: it did so by itself; ' +
          'offline: the command line, while the service was down',
      }),
    }),
    from: Type.String({ description: 'the address, or socket' }),
    action: Type.String({ examples: ['PATCH /v1/vms/:vm/nics/:mac'] }),
    path: Type.String({ description: 'what it was about' }),
    asked: Type.Optional(Short('what was asked for')),
    before: Type.Optional(Short('what it was before')),
    after: Type.Optional(Short('what it was after')),
    result: Type.Enum([...auditResults], {
      description: 'denied: the caller may not; unfinished: the service ended in the middle of it',
    }),
    status: Type.Optional(Type.Integer({ description: "the answer's" })),
    problem: Type.Optional(Type.String({ examples: ['/problems/nwfilter-in-use'] })),
    detail: Type.Optional(Type.String()),
    operation: Type.Optional(Type.String({ description: 'of long work: its id' })),
  },
  { $id: 'AuditEntry' },
);
export type AuditEntry = Static<typeof AuditEntry>;

export const AuditList = Type.Object(
  { items: Type.Array(ref(AuditEntry)), nextCursor: Type.Optional(Type.String()) },
  { $id: 'AuditList' },
);

export const auditSchemas = [AuditEntry, AuditList];

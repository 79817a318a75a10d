import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import { fieldProblem } from '../errors.js';
import { type AuditEntry, AuditList, auditResults } from '../schemas/audit.js';
import { problemResponses } from '../schemas/problem.js';
import { ref } from '../schemas/ref.js';

const Query = Type.Object({
  caller: Type.Optional(Type.String({ maxLength: 255, description: 'the name of who did it' })),
  result: Type.Optional(Type.Enum([...auditResults])),
  since: Type.Optional(Type.String({ format: 'date-time', description: 'nothing that began before' })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100 })),
  cursor: Type.Optional(Type.String({ maxLength: 100, description: 'nextCursor of the page before' })),
});

const audit: FastifyPluginCallbackTypebox = (app, _options, done) => {
  app.get(
    '/audit',
    {
      schema: {
        operationId: 'listAudit',
        tags: ['audit'],
        summary: 'Who did what, when, with which result; the newest first',
        querystring: Query,
        response: { 200: ref(AuditList), ...problemResponses(400, 500) },
      },
    },
    async ({ query: { caller, result, since, limit = 100, cursor } }) => {
      const earliest = since === undefined ? -Infinity : Date.parse(since);
      const items: AuditEntry[] = [];
      let found = cursor === undefined;
      for await (const entry of app.auditEntries()) {
        if (Date.parse(entry.at) < earliest) break;
        if (!found) {
          found = entry.id === cursor;
          continue;
        }
        if (caller !== undefined && entry.caller.name !== caller) continue;
        if (result !== undefined && entry.result !== result) continue;
        const last = items.at(-1);
        if (last && items.length === limit) return { items, nextCursor: last.id };
        items.push(entry);
      }
      if (!found)
        throw fieldProblem('invalid-request', 'query/cursor', 'is not a cursor of what the log still has');
      return { items };
    },
  );
  done();
};
export default audit;

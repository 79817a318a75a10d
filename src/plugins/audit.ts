import { randomUUID } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import type { Caller } from '../access/caller.js';
import type { AuditLine, Begun, Ended } from '../audit/line.js';
import type { AuditLog } from '../audit/log.js';
import { type GoingOn, readEntries } from '../audit/read.js';
import { shorten } from '../audit/shorten.js';
import { isRead, pathOf } from '../http/request-line.js';
import type { AuditEntry } from '../schemas/audit.js';
import type { ProblemBody } from '../schemas/problem.js';

declare module 'fastify' {
  interface FastifyInstance {
    /** What was changed and by whom, the newest first. */
    auditEntries(): AsyncGenerator<AuditEntry>;
    /** Writes down what the service has done by itself. It is done: a failure goes to the log. */
    auditOwn(action: string, path: string, after: object): Promise<void>;
  }
  interface FastifyContextConfig {
    /** The route reads, whatever its method. */
    changesNothing?: boolean;
  }
  interface FastifyRequest {
    /** What the request changes, as it is before that. */
    before: unknown;
  }
}

const changes = ({ method, routeOptions }: FastifyRequest): boolean =>
  !isRead(method) && routeOptions.config.changesNothing !== true;

const now = (): string => new Date().toISOString();

function begun(request: FastifyRequest, { name, role, trust, via }: Caller): Begun {
  const { id, method, url, ip, routeOptions, body, query } = request;
  const asked = shorten(
    typeof body === 'string' ? body : { ...(query as object), ...(body as object | null) },
  );
  return {
    ...{
      phase: 'begun',
      id,
      at: now(),
      caller: { name, role, ...(trust && { trust }), via },
      from: ip || 'socket',
    },
    ...{
      action: `${method} ${routeOptions.url ?? ''}`,
      path: pathOf(url).slice(0, 500),
      ...(asked && { asked }),
    },
  };
}

/** What an answer says; its body is JSON, or nothing that goes into the log. */
function contentOf(payload: unknown): unknown {
  if (typeof payload !== 'string') return undefined;
  try {
    return JSON.parse(payload);
  } catch {
    return undefined;
  }
}

/** The operation that an answer leads to: the change goes on in it. */
function operationOf({ method }: FastifyRequest, reply: FastifyReply): string | undefined {
  // who cancels one does not wait for its end
  if (method === 'DELETE' && reply.request.routeOptions.url === '/v1/operations/:id') return undefined;
  return /^\/v1\/operations\/(.+)$/.exec(String(reply.getHeader('location') ?? ''))?.[1];
}

function ended(request: FastifyRequest, reply: FastifyReply, payload: unknown): Ended {
  const { statusCode: status } = reply;
  const before = shorten(request.before);
  const content = contentOf(payload);
  const line = { phase: 'ended', id: request.id, at: now(), status, ...(before && { before }) } as const;
  if (status >= 400) {
    const { type: problem = '', detail = '' } = (content ?? {}) as Partial<ProblemBody>;
    return { ...line, result: status === 403 ? 'denied' : 'failed', problem, detail: detail.slice(0, 500) };
  }
  const operation = operationOf(request, reply);
  const after = shorten(content);
  return { ...line, result: 'succeeded', ...(operation === undefined ? after && { after } : { operation }) };
}

/**
 * Writes down each change before it begins, and how it ended before that is answered. What cannot be written down is not
 * done. Comes after all that may refuse a request, or answer it without doing anything.
 */
export default fp<{ audit: AuditLog }>(
  (app, { audit }, done) => {
    const begunNow = new Set<string>();
    const goingOn: GoingOn = {
      request: (id) => begunNow.has(id),
      operation: (id) => app.operations.list().some((one) => one.id === id && one.status === 'running'),
    };
    app.decorateRequest('before', undefined);
    app.decorate('auditEntries', () => readEntries(audit.files, goingOn));

    async function append(line: AuditLine): Promise<void> {
      try {
        await audit.append(line);
      } catch (error) {
        app.metrics.upkeep.auditFailed();
        throw error;
      }
    }
    async function note(line: AuditLine): Promise<void> {
      await append(line).catch((error: unknown) => {
        app.log.error({ err: error, line }, 'what was done could not be written into the audit log');
      });
    }

    app.addHook('preHandler', async (request) => {
      const { caller, id } = request;
      if (!caller || !changes(request)) return;
      await append(begun(request, caller));
      begunNow.add(id);
    });
    app.addHook('onSend', async (request, reply, payload) => {
      const { caller, id } = request;
      if (begunNow.has(id)) await note(ended(request, reply, payload));
      else if (caller && reply.statusCode === 403 && changes(request)) {
        await note(begun(request, caller));
        await note(ended(request, reply, payload));
      }
      begunNow.delete(id);
      return payload;
    });
    app.operations.on('ended', ({ id: operation, status, problem }) => {
      const result = status === 'succeeded' ? 'succeeded' : 'failed';
      const why = problem
        ? { problem: problem.type, detail: problem.detail.slice(0, 500) }
        : { detail: status };
      void note({ phase: 'operation', at: now(), operation, result, ...(result === 'failed' && why) });
    });
    app.decorate('auditOwn', async (action, path, what) => {
      const id = randomUUID();
      const after = shorten(what);
      const caller = { name: 'virtwarden', via: 'service' } as const;
      await note({ phase: 'begun', id, at: now(), caller, from: 'service', action, path });
      await note({ phase: 'ended', id, at: now(), result: 'succeeded', ...(after && { after }) });
    });
    app.addHook('onClose', () => audit.close());
    done();
  },
  { name: 'audit', dependencies: ['access', 'idempotency', 'limits', 'metrics', 'operations'] },
);

import fp from 'fastify-plugin';
import { Operations } from '../operations/registry.js';
import type { Operation } from '../schemas/operation.js';

declare module 'fastify' {
  interface FastifyInstance {
    operations: Operations;
    /**
     * Answers with an operation: 202 and where it is, or 200 once it has ended within the request's `?wait=`, also when
     * it ended by failing: the operation's status tells. The route's schema has `WaitQuery` and `operationResponses`.
     */
    answerOperation(
      request: { query: { wait?: number } },
      reply: { statusCode: number; header(name: 'location', value: string): unknown },
      operation: Operation,
    ): Promise<Operation>;
    /** Resolves when the operation has ended, when so many seconds are over, or when the service ends. */
    waitFor(operation: Operation, seconds: number): Promise<void>;
  }
}

/** How long operations may take to end at the end of the service, before those are cancelled that can be, ms. */
const graceMs = 15_000;

/** Long work: it outlives its request, and is let come to its end when the service ends. */
export default fp(
  (app, _options, done) => {
    const operations = new Operations(app.log);
    const ending = new AbortController();
    app.decorate('operations', operations);
    app.decorate('waitFor', (operation, seconds) =>
      endedWithin(operations, operation, seconds, ending.signal),
    );
    app.decorate('answerOperation', async (request, reply, operation) => {
      await app.waitFor(operation, request.query.wait ?? 0);
      reply.statusCode = operation.status === 'running' ? 202 : 200;
      reply.header('location', `/v1/operations/${operation.id}`);
      return operation;
    });
    // Those who wait are answered, for the server closes only when nobody does.
    app.addHook('preClose', (next) => {
      ending.abort();
      next();
    });
    app.addHook('onClose', () => operations.settle(graceMs));
    done();
  },
  { name: 'operations', dependencies: ['problems', 'libvirt'] },
);

async function endedWithin(
  operations: Operations,
  { id, status }: Operation,
  seconds: number,
  ending: AbortSignal,
): Promise<void> {
  if (status !== 'running' || seconds === 0 || ending.aborted) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(finish, seconds * 1000);
    function finish(): void {
      clearTimeout(timer);
      ending.removeEventListener('abort', finish);
      resolve();
    }
    ending.addEventListener('abort', finish);
    void operations.ended(id).then(finish, finish);
  });
}

import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import { fieldProblem } from '../errors.js';
import {
  Operation,
  OperationList,
  operationResponses,
  OperationStatus,
  WaitQuery,
} from '../schemas/operation.js';
import { problemResponses } from '../schemas/problem.js';
import { ref } from '../schemas/ref.js';

const Params = Type.Object({ id: Type.String({ minLength: 1, maxLength: 64, description: 'its id' }) });
const ListQuery = Type.Object({
  status: Type.Optional(OperationStatus),
  vm: Type.Optional(Type.String({ maxLength: 64, description: 'the UUID of a VM' })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100 })),
  cursor: Type.Optional(Type.String({ maxLength: 256, description: 'nextCursor of the page before' })),
});

/** The last operation of a page; it may be forgotten meanwhile, so its time goes with it. */
const toCursor = ({ createdAt, id }: Operation): string =>
  Buffer.from(`${createdAt} ${id}`).toString('base64url');
function fromCursor(cursor: string): { createdAt: string; id: string } {
  const [, createdAt, id] =
    /^(\d{4}-\S+Z) ([0-9a-f-]{36})$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  if (createdAt === undefined || id === undefined) {
    throw fieldProblem('invalid-request', 'query/cursor', 'is not a cursor that this service gave');
  }
  return { createdAt, id };
}

/** What comes after the cursor in a list whose newest is first. */
function after(all: Operation[], cursor: string | undefined): Operation[] {
  if (cursor === undefined) return all;
  const { createdAt, id } = fromCursor(cursor);
  const at = all.findIndex((operation) => operation.id === id);
  return at >= 0 ? all.slice(at + 1) : all.filter((operation) => operation.createdAt < createdAt);
}

const operations: FastifyPluginCallbackTypebox = (app, _options, done) => {
  app.get(
    '/operations',
    {
      schema: {
        operationId: 'listOperations',
        tags: ['operations'],
        summary: 'What runs, and what ended within the last hour; the newest first',
        querystring: ListQuery,
        response: { 200: ref(OperationList), ...problemResponses(400, 500) },
      },
    },
    ({ query: { status, vm, limit = 100, cursor } }) => {
      const matching = after(app.operations.list(), cursor).filter(
        (operation) =>
          (status === undefined || operation.status === status) &&
          (vm === undefined || operation.vm === vm.toLowerCase()),
      );
      const items = matching.slice(0, limit);
      const last = items.at(-1);
      return { items, ...(last && matching.length > limit && { nextCursor: toCursor(last) }) };
    },
  );

  app.get(
    '/operations/:id',
    {
      schema: {
        operationId: 'getOperation',
        tags: ['operations'],
        summary: 'One operation; with wait, once it has ended or the time is up',
        params: Params,
        querystring: WaitQuery,
        response: { 200: ref(Operation), ...problemResponses(400, 404, 500) },
      },
    },
    async ({ params, query }) => {
      const operation = app.operations.get(params.id);
      await app.waitFor(operation, query.wait ?? 0);
      return operation;
    },
  );

  app.delete(
    '/operations/:id',
    {
      schema: {
        operationId: 'cancelOperation',
        tags: ['operations'],
        summary: 'Cancel an operation',
        description:
          'Work that cannot be stopped half way, or has ended, is 409. The answer is 202 until the work has stopped, and ' +
          'its status then is cancelled, unless it came to its end before it could be stopped.',
        params: Params,
        querystring: WaitQuery,
        response: { ...operationResponses, ...problemResponses(400, 404, 409, 500) },
      },
    },
    (request, reply) => app.answerOperation(request, reply, app.operations.cancel(request.params.id)),
  );
  done();
};
export default operations;

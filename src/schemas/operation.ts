import Type, { type Static } from 'typebox';
import { Migration } from './migration.js';
import { ProblemSchema } from './problem.js';
import { ref } from './ref.js';

export const OperationStatus = Type.Enum(['running', 'succeeded', 'failed', 'cancelled']);
export type OperationStatus = Static<typeof OperationStatus>;

export const Operation = Type.Object(
  {
    id: Type.String({ format: 'uuid' }),
    kind: Type.String({ description: 'what is done', examples: ['vm.shutdown'] }),
    vm: Type.Optional(Type.String({ format: 'uuid', description: 'the VM that it is about' })),
    status: OperationStatus,
    progress: Type.Object({
      percent: Type.Integer({ minimum: 0, maximum: 100 }),
      text: Type.String({ description: 'what is being done now' }),
    }),
    migration: Type.Optional(ref(Migration)),
    createdAt: Type.String({ format: 'date-time' }),
    finishedAt: Type.Optional(Type.String({ format: 'date-time' })),
    problem: Type.Optional(
      Type.Unsafe<Static<typeof ProblemSchema>>({
        ...ref(ProblemSchema),
        description: 'why it failed; its instance is the id of the operation, as in the log',
      }),
    ),
  },
  {
    $id: 'Operation',
    description:
      'Long work. Its answer is 202 while it goes on and 200 once it is finished, in whatever way: the status in the body ' +
      'says how, and a failed one carries its problem. Finished operations are kept for an hour, at most 1,000 of them, and ' +
      'not across a restart.',
  },
);
export type Operation = Static<typeof Operation>;

export const OperationList = Type.Object(
  { items: Type.Array(ref(Operation)), nextCursor: Type.Optional(Type.String()) },
  { $id: 'OperationList' },
);

export const WaitQuery = Type.Object({
  wait: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 60,
      default: 0,
      description: 'hold the answer until the operation is finished, for at most so many seconds',
    }),
  ),
});

/** What a route answers that starts an operation; spread it into its `response`. */
export const operationResponses = {
  200: {
    description: 'Finished within the wait: its status says whether it succeeded',
    content: { 'application/json': { schema: ref(Operation) } },
  },
  202: {
    description: 'Under way',
    headers: { location: { type: 'string', description: 'where the operation is' } },
    content: { 'application/json': { schema: ref(Operation) } },
  },
};

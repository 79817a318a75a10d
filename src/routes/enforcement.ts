import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import { hostEnforcementOf, readEnforcement } from '../enforcement/read.js';
import { repairNic } from '../enforcement/repair.js';
import { withDeadline } from '../libvirt/session.js';
import { Enforcement, HostEnforcement } from '../schemas/enforcement.js';
import { Operation, operationResponses, WaitQuery } from '../schemas/operation.js';
import { problemResponses } from '../schemas/problem.js';
import { ref } from '../schemas/ref.js';
import { NicParams } from './nics.js';
import { deadlines } from './vms.js';

const reading = problemResponses(400, 404, 500, 502, 503, 504);
const repairing = problemResponses(400, 404, 415, 422, 500, 501, 502, 503, 504);

const enforcement: FastifyPluginCallbackTypebox = (app, _options, done) => {
  app.get(
    '/vms/:vm/nics/:mac/enforcement',
    {
      schema: {
        operationId: 'getNicEnforcement',
        tags: ['enforcement'],
        summary: 'Whether the NIC is protected right now',
        description: 'Read from libvirt and from the rules of the kernel at the moment of asking.',
        params: NicParams,
        response: { 200: ref(Enforcement), ...reading },
      },
    },
    ({ params }) =>
      withDeadline(
        deadlines.read,
        'Reading the rules of the NIC',
        app.withVm(params.vm, (domain) => readEnforcement(app.vmContext(), domain, params.mac)),
      ),
  );

  app.post(
    '/vms/:vm/nics/:mac/enforcement/repair',
    {
      schema: {
        operationId: 'repairNicEnforcement',
        tags: ['enforcement'],
        summary: 'Put the rules of the NIC right again, then the verdict',
        description:
          'The NIC passes nothing while its rules are made anew, and nothing afterwards if they are not seen in the kernel.',
        params: NicParams,
        response: { 200: ref(Enforcement), ...repairing },
      },
    },
    ({ params }) =>
      withDeadline(
        deadlines.change,
        'Putting the rules of the NIC right',
        app.changeVm(params.vm, (domain) => repairNic(app.vmContext(), domain, params.mac, true)),
      ),
  );

  app.get(
    '/enforcement',
    {
      schema: {
        operationId: 'getEnforcement',
        tags: ['enforcement'],
        summary: 'The whole host: NICs by verdict, and what is not enforced',
        response: { 200: ref(HostEnforcement), ...reading },
      },
    },
    async () =>
      hostEnforcementOf(
        await withDeadline(deadlines.read, 'Reading the rules of all NICs', app.hostVerdicts()),
      ),
  );

  app.post(
    '/enforcement/repair',
    {
      schema: {
        operationId: 'repairEnforcement',
        tags: ['enforcement'],
        summary: 'Put the rules of all NICs right, one at a time, and remove what no VM has any more',
        querystring: WaitQuery,
        response: { ...operationResponses, 200: ref(Operation), ...repairing },
      },
    },
    async (request, reply) => {
      const operation = app.operations.run('enforcement.repair', undefined, ({ progress }) =>
        app.reconcile({ onDemand: true, progress }),
      );
      return reply.send(await app.answerOperation(request, reply, operation));
    },
  );
  done();
};
export default enforcement;

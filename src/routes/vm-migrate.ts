import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import { VmParams } from '../schemas/common.js';
import { MigrateInput } from '../schemas/migration.js';
import { operationResponses, WaitQuery } from '../schemas/operation.js';
import { problemResponses } from '../schemas/problem.js';
import { ref } from '../schemas/ref.js';
import Type from 'typebox';
import { demandDestination } from '../migration/allowed.js';
import { withDeadline } from '../libvirt/session.js';
import { deadlines } from './vms.js';

const migrate: FastifyPluginCallbackTypebox<{ destinations: readonly string[] }> = (
  app,
  { destinations },
  done,
) => {
  app.post(
    '/vms/:vm/migrate',
    {
      schema: {
        operationId: 'migrateVm',
        tags: ['vms'],
        summary: 'Move a VM to another host, where it runs only with its filters in force',
        description:
          'An operation, whose `migration` has libvirt’s figures and says where the VM is. Its filters are brought to the destination first. ' +
          'However it ends, the VM is on one host, and runs there if it did before; to cancel it leaves the VM here. ' +
          'To move a VM to a destination that the setting migrationDestinations does not name needs the role admin.',
        params: VmParams,
        querystring: Type.Object({ ...WaitQuery.properties }),
        body: ref(MigrateInput),
        response: {
          ...operationResponses,
          ...problemResponses(400, 404, 409, 413, 415, 422, 500, 501, 502, 503, 504),
        },
      },
    },
    async (request, reply) => {
      demandDestination(request.body, request.caller, destinations);
      const begun = app.beginMigration(request.params.vm, request.body);
      const operation = await withDeadline(deadlines.change, 'Looking at the VM', begun);
      return app.answerOperation(request, reply, operation);
    },
  );
  done();
};
export default migrate;

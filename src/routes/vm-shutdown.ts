import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import { withDeadline } from '../libvirt/session.js';
import { VmParams } from '../schemas/common.js';
import { operationResponses, WaitQuery } from '../schemas/operation.js';
import { problemResponses } from '../schemas/problem.js';
import { askForShutdown } from '../vms/power.js';
import { deadlines } from './vms.js';

const ShutdownQuery = Type.Object({
  ...WaitQuery.properties,
  timeout: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 3600,
      default: 120,
      description: 'after so many seconds the guest is taken not to react; the VM then still runs',
    }),
  ),
});

const shutdown: FastifyPluginCallbackTypebox = (app, _options, done) => {
  app.post(
    '/vms/:vm/shutdown',
    {
      schema: {
        operationId: 'shutdownVm',
        tags: ['vms'],
        summary: 'Ask the guest to shut down, by its agent where it has one and by ACPI',
        description:
          'An operation. It fails with guest-unresponsive when the guest does not react; to cancel it is to wait no longer.',
        params: VmParams,
        querystring: ShutdownQuery,
        response: {
          ...operationResponses,
          ...problemResponses(400, 404, 409, 422, 500, 501, 502, 503, 504),
        },
      },
    },
    async (request, reply) => {
      const { vm } = request.params;
      const { timeout = 120 } = request.query;
      const asked = app.changeVm(vm, async (domain) => ({
        uuid: domain.uuid,
        off: await askForShutdown(app.vmContext().connection, domain, timeout * 1000),
      }));
      const { uuid, off } = await withDeadline(deadlines.change, 'Asking the guest to shut down', asked);
      const operation = app.operations.run(
        'vm.shutdown',
        uuid,
        (tools) => {
          tools.progress(0, 'waiting for the guest to shut down');
          return off(tools.signal);
        },
        { cancellable: true },
      );
      return app.answerOperation(request, reply, operation);
    },
  );
  done();
};
export default shutdown;

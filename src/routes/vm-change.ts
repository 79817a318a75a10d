import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import { demandMatch } from '../http/etag.js';
import { withDeadline } from '../libvirt/session.js';
import { VmParams } from '../schemas/common.js';
import { problemResponses } from '../schemas/problem.js';
import { ref } from '../schemas/ref.js';
import { Vm, VmPatch } from '../schemas/vm.js';
import { readVm } from '../vms/read.js';
import { removeVm } from '../vms/remove.js';
import { updateVm } from '../vms/update.js';
import { deadlines } from './vms.js';

const DeleteQuery = Type.Object({
  force: Type.Optional(Type.Boolean({ default: false, description: 'stop it first if it runs' })),
  volumes: Type.Optional(
    Type.Boolean({ default: false, description: 'delete the volumes that were made for it, too' }),
  ),
});

const changes: FastifyPluginCallbackTypebox = (app, _options, done) => {
  app.patch(
    '/vms/:vm',
    {
      config: { etag: true },
      schema: {
        operationId: 'updateVm',
        tags: ['vms'],
        summary: 'Change a VM and its definition: all that is asked for, or nothing',
        description:
          'The name changes only while the VM is shut off. Memory and processors change in a running VM up to their ' +
          'maximum; how soon is the guest’s to say.',
        params: VmParams,
        body: ref(VmPatch),
        response: {
          200: ref(Vm),
          ...problemResponses(400, 404, 409, 413, 415, 422, 500, 501, 502, 503, 504),
        },
      },
    },
    (request) =>
      withDeadline(
        deadlines.change,
        'Changing the VM',
        app.changeVm(request.params.vm, async (domain) => {
          const context = app.vmContext(request);
          demandMatch(request, await readVm(context, domain));
          await updateVm(context, domain, request.body);
          return readVm(context, domain);
        }),
      ),
  );

  app.delete(
    '/vms/:vm',
    {
      config: { etag: true },
      schema: {
        operationId: 'deleteVm',
        tags: ['vms'],
        summary: 'Undefine a VM and delete its cloud-init seed; its disks stay unless asked for',
        params: VmParams,
        querystring: DeleteQuery,
        response: {
          204: { type: 'null', description: 'The VM is gone' },
          ...problemResponses(400, 404, 409, 422, 500, 501, 502, 503, 504),
        },
      },
    },
    async (request, reply) => {
      const { force = false, volumes = false } = request.query;
      await withDeadline(
        deadlines.change,
        'Deleting the VM',
        app.changeVm(
          request.params.vm,
          async (domain) => {
            const context = app.vmContext();
            demandMatch(request, await readVm(context, domain));
            await removeVm(context, domain, { force, volumes });
          },
          { unsettled: true },
        ),
      );
      return reply.code(204).send(null);
    },
  );
  done();
};
export default changes;

import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import { demandMatch } from '../http/etag.js';
import { withDeadline } from '../libvirt/session.js';
import { isPlugged, unplugNic } from '../nics/unplug.js';
import { readNic } from '../nics/read.js';
import { operationResponses, WaitQuery } from '../schemas/operation.js';
import { changing, NicParams } from './nics.js';
import { deadlines } from './vms.js';

const unplug: FastifyPluginCallbackTypebox = (app, _options, done) => {
  app.delete(
    '/vms/:vm/nics/:mac',
    {
      schema: {
        operationId: 'unplugNic',
        tags: ['nics'],
        summary: 'Take a NIC away; a running guest is asked to let it go, which is an operation',
        params: NicParams,
        querystring: WaitQuery,
        response: {
          ...changing,
          ...operationResponses,
          204: { type: 'null', description: 'The VM was off: the NIC is gone' },
        },
      },
    },
    async (request, reply) => {
      const { vm, mac } = request.params;
      const { uuid, plugged } = await withDeadline(
        deadlines.read,
        'Looking at the NIC',
        app.withVm(vm, async (domain) => {
          demandMatch(request, await readNic(app.vmContext(), domain, mac));
          return { uuid: domain.uuid, plugged: await isPlugged(domain, mac) };
        }),
      );
      const work = () => app.changeVm(uuid, (domain) => unplugNic(app.vmContext(), domain, mac));
      if (!plugged) {
        await withDeadline(deadlines.change, 'Taking the NIC away', work());
        return reply.code(204).send(null);
      }
      const operation = app.operations.run('nic.unplug', uuid, async (tools) => {
        tools.progress(0, 'waiting for the guest to let the NIC go');
        await work();
      });
      return reply.send(await app.answerOperation(request, reply, operation));
    },
  );
  done();
};
export default unplug;

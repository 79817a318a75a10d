import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import { withDeadline } from '../libvirt/session.js';
import { VmParams } from '../schemas/common.js';
import { problemResponses } from '../schemas/problem.js';
import { ref } from '../schemas/ref.js';
import { Vm } from '../schemas/vm.js';
import { readVm } from '../vms/read.js';
import { stopVm } from '../vms/remove.js';
import { startVm } from '../vms/start.js';
import { deadlines } from './vms.js';

const response = { 200: ref(Vm), ...problemResponses(400, 401, 404, 409, 422, 500, 501, 502, 503, 504) };

const actions: FastifyPluginCallbackTypebox = (app, _options, done) => {
  app.post(
    '/vms/:vm/start',
    {
      schema: {
        operationId: 'startVm',
        tags: ['vms'],
        summary: 'Run a VM, once its filters are seen in the kernel',
        params: VmParams,
        response,
      },
    },
    ({ params }) =>
      withDeadline(
        deadlines.change,
        'Starting the VM',
        app.changeVm(params.vm, async (domain) => {
          await startVm(app.vmContext(), domain);
          return readVm(domain);
        }),
      ),
  );

  app.post(
    '/vms/:vm/stop',
    {
      schema: {
        operationId: 'stopVm',
        tags: ['vms'],
        summary: 'Pull the plug of a VM',
        description: 'A VM that is not persistent is gone then; the answer shows it as it was last.',
        params: VmParams,
        response,
      },
    },
    ({ params }) =>
      withDeadline(
        deadlines.change,
        'Stopping the VM',
        app.changeVm(params.vm, async (domain) => {
          const last = await readVm(domain);
          await stopVm(domain);
          return last.persistent ? readVm(domain) : { ...last, state: 'shutoff' as const };
        }),
      ),
  );
  done();
};
export default actions;

import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import type { Domain } from 'node-libvirt';
import Type from 'typebox';
import { withDeadline } from '../libvirt/session.js';
import { VmParams } from '../schemas/common.js';
import { problemResponses } from '../schemas/problem.js';
import { ref } from '../schemas/ref.js';
import { Vm } from '../schemas/vm.js';
import type { VmContext } from '../vms/context.js';
import { demandPaused, rebootVm, resetVm, suspendVm } from '../vms/power.js';
import { readVm } from '../vms/read.js';
import { stopVm } from '../vms/remove.js';
import { resumeVm, startVm } from '../vms/start.js';
import { deadlines } from './vms.js';

const response = { 200: ref(Vm), ...problemResponses(400, 404, 409, 422, 500, 501, 502, 503, 504) };
const StartQuery = Type.Object({
  paused: Type.Optional(
    Type.Boolean({ default: false, description: 'leave it paused once its filters were seen' }),
  ),
});

/** What is done with a VM at once: its name in the path, and how the documents and the log speak of it. */
interface Action {
  path: string;
  operationId: string;
  doing: string;
  summary: string;
  change: (context: VmContext, domain: Domain) => Promise<void>;
}

const simple: Action[] = [
  {
    path: 'suspend',
    operationId: 'suspendVm',
    doing: 'Suspending the VM',
    summary: 'Stop the processors of a running VM; its memory stays',
    change: (_context, domain) => suspendVm(domain),
  },
  {
    path: 'resume',
    operationId: 'resumeVm',
    doing: 'Resuming the VM',
    summary: 'Let a paused VM run on, once its filters are seen in the kernel',
    change: async (context, domain) => {
      await demandPaused(domain);
      await resumeVm(context, domain);
    },
  },
  {
    path: 'reset',
    operationId: 'resetVm',
    doing: 'Resetting the VM',
    summary: 'Press the reset button of an active VM',
    change: (_context, domain) => resetVm(domain),
  },
  {
    path: 'reboot',
    operationId: 'rebootVm',
    doing: 'Asking for the reboot',
    summary: 'Ask the guest to reboot; answered once it was asked, and a guest may ignore it',
    change: (_context, domain) => rebootVm(domain),
  },
];

const actions: FastifyPluginCallbackTypebox = (app, _options, done) => {
  app.post(
    '/vms/:vm/start',
    {
      schema: {
        operationId: 'startVm',
        tags: ['vms'],
        summary: 'Run a VM, once its filters are seen in the kernel',
        params: VmParams,
        querystring: StartQuery,
        response,
      },
    },
    ({ params, query }) =>
      withDeadline(
        deadlines.change,
        'Starting the VM',
        app.changeVm(params.vm, async (domain) => {
          const context = app.vmContext();
          await startVm(context, domain, query.paused);
          return readVm(context, domain);
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
        description:
          'A VM that is not persistent is gone then; the answer shows it as it was last. A change of the VM that hangs is cut off.',
        params: VmParams,
        response,
      },
    },
    ({ params }) => {
      let cutOff: Vm | undefined;
      const stop = async (domain: Domain): Promise<Vm> => {
        const context = app.vmContext();
        const last = await readVm(context, domain);
        await stopVm(context, domain);
        return last;
      };
      // the turn of one whose QEMU hangs would never come: a change of it waits for QEMU, and this for the change
      const late = async (domain: Domain): Promise<void> => void (cutOff = await stop(domain));
      const turn = async (domain: Domain): Promise<Vm> => {
        const last = cutOff ?? (await stop(domain));
        return last.persistent ? readVm(app.vmContext(), domain) : { ...last, state: 'shutoff' };
      };
      return withDeadline(deadlines.change, 'Stopping the VM', app.changeVm(params.vm, turn, { late }));
    },
  );

  for (const { path, operationId, doing, summary, change } of simple) {
    app.post(
      `/vms/:vm/${path}`,
      { schema: { operationId, tags: ['vms'], summary, params: VmParams, response } },
      ({ params }: { params: { vm: string } }) =>
        withDeadline(
          deadlines.change,
          doing,
          app.changeVm(params.vm, async (domain) => {
            const context = app.vmContext();
            await change(context, domain);
            return readVm(context, domain);
          }),
        ),
    );
  }
  done();
};
export default actions;

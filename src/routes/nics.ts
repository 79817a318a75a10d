import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import { demandMatch } from '../http/etag.js';
import { withDeadline } from '../libvirt/session.js';
import { plugNic } from '../nics/plug.js';
import { listNics, readNic } from '../nics/read.js';
import { updateNic } from '../nics/update.js';
import { VmParams } from '../schemas/common.js';
import { MacAddress, Nic, NicInput, NicList, NicPatch } from '../schemas/nic.js';
import { problemResponses } from '../schemas/problem.js';
import { ref } from '../schemas/ref.js';
import { deadlines } from './vms.js';

export const NicParams = Type.Object({ ...VmParams.properties, mac: MacAddress });
const reading = problemResponses(400, 404, 500, 502, 503, 504);
export const changing = problemResponses(400, 404, 409, 412, 413, 415, 422, 500, 501, 502, 503, 504);

const nics: FastifyPluginCallbackTypebox = (app, _options, done) => {
  app.get(
    '/vms/:vm/nics',
    {
      schema: {
        operationId: 'listNics',
        tags: ['nics'],
        summary: 'The NICs of a VM',
        params: VmParams,
        response: { 200: ref(NicList), ...reading },
      },
    },
    async ({ params }) => {
      const items = app.withVm(params.vm, (domain) => listNics(app.vmContext(), domain));
      return { items: await withDeadline(deadlines.read, 'Reading the NICs', items) };
    },
  );

  app.post(
    '/vms/:vm/nics',
    {
      config: { idempotent: true },
      schema: {
        operationId: 'plugNic',
        tags: ['nics'],
        summary:
          'Give a VM a NIC; a running one gets it at once, with its link up only when the filter is in force',
        params: VmParams,
        body: ref(NicInput),
        response: {
          201: {
            description: 'Plugged',
            headers: { location: { type: 'string', description: 'where the NIC is' } },
            content: { 'application/json': { schema: ref(Nic) } },
          },
          ...changing,
        },
      },
    },
    async (request, reply) => {
      const plugged = app.changeVm(request.params.vm, async (domain) => ({
        uuid: domain.uuid,
        nic: await plugNic(app.vmContext(request), domain, request.body),
      }));
      const { uuid, nic } = await withDeadline(deadlines.change, 'Plugging the NIC', plugged);
      return reply.code(201).header('location', `/v1/vms/${uuid}/nics/${nic.mac}`).send(nic);
    },
  );

  app.get(
    '/vms/:vm/nics/:mac',
    {
      config: { etag: true },
      schema: {
        operationId: 'getNic',
        tags: ['nics'],
        summary: 'One NIC',
        params: NicParams,
        response: { 200: ref(Nic), ...reading },
      },
    },
    ({ params }) =>
      withDeadline(
        deadlines.read,
        'Reading the NIC',
        app.withVm(params.vm, (domain) => readNic(app.vmContext(), domain, params.mac)),
      ),
  );

  app.patch(
    '/vms/:vm/nics/:mac',
    {
      schema: {
        operationId: 'updateNic',
        tags: ['nics'],
        summary: 'Change filters, parameters or link, also while the VM runs; what is absent stays',
        params: NicParams,
        body: ref(NicPatch),
        response: { 200: ref(Nic), ...changing },
      },
    },
    (request) => {
      const { vm, mac } = request.params;
      const changed = app.changeVm(vm, async (domain) => {
        const context = app.vmContext(request);
        demandMatch(request, await readNic(context, domain, mac));
        return updateNic(context, domain, mac, request.body);
      });
      return withDeadline(deadlines.change, 'Changing the NIC', changed);
    },
  );
  done();
};
export default nics;

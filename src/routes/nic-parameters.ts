import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import { demandMatch } from '../http/etag.js';
import { withDeadline } from '../libvirt/session.js';
import { readNic } from '../nics/read.js';
import { nicStatistics } from '../nics/statistics.js';
import { updateNic } from '../nics/update.js';
import { FilterParameters, NicStatistics } from '../schemas/nic.js';
import { problemResponses } from '../schemas/problem.js';
import { ref } from '../schemas/ref.js';
import { changing, NicParams } from './nics.js';
import { deadlines } from './vms.js';

const reading = problemResponses(400, 404, 409, 500, 502, 503, 504);

const parameters: FastifyPluginCallbackTypebox = (app, _options, done) => {
  app.get(
    '/vms/:vm/nics/:mac/filter-parameters',
    {
      config: { etag: true },
      schema: {
        operationId: 'getFilterParameters',
        tags: ['nics'],
        summary: "The parameters of a NIC's filters, in order",
        params: NicParams,
        response: { 200: ref(FilterParameters), ...reading },
      },
    },
    async ({ params }) => {
      const nic = app.withVm(params.vm, (domain) => readNic(app.vmContext(), domain, params.mac));
      return { items: (await withDeadline(deadlines.read, 'Reading the NIC', nic)).filterParameters };
    },
  );

  app.put(
    '/vms/:vm/nics/:mac/filter-parameters',
    {
      schema: {
        operationId: 'putFilterParameters',
        tags: ['nics'],
        summary: 'Replace the list as a whole, also while the VM runs',
        params: NicParams,
        body: ref(FilterParameters),
        response: { 200: ref(FilterParameters), ...changing },
      },
    },
    async (request) => {
      const { vm, mac } = request.params;
      const changed = app.changeVm(vm, async (domain) => {
        const context = app.vmContext();
        demandMatch(request, { items: (await readNic(context, domain, mac)).filterParameters });
        return updateNic(context, domain, mac, { filterParameters: request.body.items });
      });
      return { items: (await withDeadline(deadlines.change, 'Changing the NIC', changed)).filterParameters };
    },
  );

  app.get(
    '/vms/:vm/nics/:mac/statistics',
    {
      schema: {
        operationId: 'getNicStatistics',
        tags: ['nics'],
        summary: 'Traffic of a NIC since it was plugged',
        params: NicParams,
        response: { 200: ref(NicStatistics), ...reading },
      },
    },
    ({ params }) =>
      withDeadline(
        deadlines.read,
        'Reading the counters',
        app.withVm(params.vm, (domain) => nicStatistics(domain, params.mac)),
      ),
  );
  done();
};
export default parameters;

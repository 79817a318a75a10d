import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import { VIR_DOMAIN_XML_INACTIVE } from 'node-libvirt';
import Type from 'typebox';
import { withDeadline } from '../libvirt/session.js';
import { AddressList } from '../schemas/address.js';
import { VmParams } from '../schemas/common.js';
import { problemResponses } from '../schemas/problem.js';
import { ref } from '../schemas/ref.js';
import { addressesOf } from '../vms/addresses.js';
import { deadlines } from './vms.js';

const problems = problemResponses(400, 404, 500, 502, 503, 504);

const details: FastifyPluginCallbackTypebox = (app, _options, done) => {
  app.get(
    '/vms/:vm/xml',
    {
      schema: {
        operationId: 'getVmXml',
        tags: ['vms'],
        summary: "A VM's libvirt XML, secrets left out",
        params: VmParams,
        querystring: Type.Object({
          inactive: Type.Optional(
            Type.Boolean({ default: false, description: 'the definition, also while the VM runs' }),
          ),
        }),
        response: {
          200: { description: 'libvirt XML', content: { 'application/xml': { schema: Type.String() } } },
          ...problems,
        },
      },
    },
    async ({ params, query }, reply) => {
      const xml = app.withVm(params.vm, (domain) =>
        // without VIR_DOMAIN_XML_SECURE libvirt leaves passwords out
        domain.getXMLDesc(query.inactive ? VIR_DOMAIN_XML_INACTIVE : 0),
      );
      return reply.type('application/xml').send(await withDeadline(deadlines.read, 'Reading the VM', xml));
    },
  );

  app.get(
    '/vms/:vm/addresses',
    {
      schema: {
        operationId: 'listVmAddresses',
        tags: ['vms'],
        summary: 'The IP addresses of the guest, as DHCP leases and its agent tell; none while it is off',
        description:
          'What an agent says is the guest’s own word. A lease shows what was given out, not what is used.',
        params: VmParams,
        response: { 200: ref(AddressList), ...problems },
      },
    },
    async ({ params }) => {
      const items = app.withVm(params.vm, (domain) => addressesOf(domain));
      return { items: await withDeadline(deadlines.read, 'Asking for the addresses', items) };
    },
  );
  done();
};
export default details;

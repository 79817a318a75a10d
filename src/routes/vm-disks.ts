import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import { withDeadline } from '../libvirt/session.js';
import { VmParams } from '../schemas/common.js';
import { DiskPatch, SizedDiskList } from '../schemas/disk.js';
import { problemResponses } from '../schemas/problem.js';
import { ref } from '../schemas/ref.js';
import { growDisk, readDisks } from '../vms/sizes.js';
import { deadlines } from './vms.js';

const DiskParams = Type.Object({
  ...VmParams.properties,
  target: Type.String({ minLength: 1, maxLength: 32, description: "the disk's target, such as vda" }),
});

const disks: FastifyPluginCallbackTypebox = (app, _options, done) => {
  app.get(
    '/vms/:vm/disks',
    {
      schema: {
        operationId: 'listVmDisks',
        tags: ['vms'],
        summary: 'The disks of a VM, with the sizes of those that are volumes of a pool',
        params: VmParams,
        response: { 200: ref(SizedDiskList), ...problemResponses(400, 404, 500, 502, 503, 504) },
      },
    },
    async ({ params }) => {
      const items = app.withVm(params.vm, (domain) => readDisks(app.vmContext().connection, domain));
      return { items: await withDeadline(deadlines.read, 'Reading the disks', items) };
    },
  );

  app.patch(
    '/vms/:vm/disks/:target',
    {
      schema: {
        operationId: 'growVmDisk',
        tags: ['vms'],
        summary: 'Let a disk grow, also while the VM runs; the answer is all its disks',
        params: DiskParams,
        body: ref(DiskPatch),
        response: {
          200: ref(SizedDiskList),
          ...problemResponses(400, 404, 409, 413, 415, 422, 500, 501, 502, 503, 504),
        },
      },
    },
    async ({ params, body }) => {
      const grown = app.changeVm(params.vm, async (domain) => {
        const context = app.vmContext();
        await growDisk(context, domain, params.target, body.sizeGiB);
        return readDisks(context.connection, domain);
      });
      return { items: await withDeadline(deadlines.change, 'Resizing the disk', grown) };
    },
  );
  done();
};
export default disks;

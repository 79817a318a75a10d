import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply } from 'fastify';
import Type from 'typebox';
import { Problem } from '../errors.js';
import { etagOf } from '../http/etag.js';
import type { PreparedAnswer } from '../http/listing.js';
import { withDeadline } from '../libvirt/session.js';
import { VmParams } from '../schemas/common.js';
import { problemResponses } from '../schemas/problem.js';
import { ref } from '../schemas/ref.js';
import { Vm, VmInput, VmList, VmState, VmSummaryList } from '../schemas/vm.js';
import { createVm } from '../vms/create.js';
import { looksLikeUuid } from '../vms/read.js';

/** How long an answer may take, ms: what only reads, and what changes a VM. */
export const deadlines = { read: 15_000, change: 120_000 };

const ListQuery = Type.Object({
  state: Type.Optional(VmState),
  name: Type.Optional(Type.String()),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100 })),
  cursor: Type.Optional(Type.String({ description: 'nextCursor of the page before' })),
});

/** The UUID after which the next page begins, in a form that nobody takes for one. */
const toCursor = (uuid: string): string => Buffer.from(uuid).toString('base64url');
function fromCursor(cursor: string): string {
  const uuid = Buffer.from(cursor, 'base64url').toString();
  if (!looksLikeUuid(uuid)) {
    const errors = [{ path: 'query/cursor', message: 'is not a cursor that this service gave' }];
    throw new Problem('invalid-request', 'query/cursor is not a cursor that this service gave.', { errors });
  }
  return uuid;
}

const freshness =
  'Never older than the request. `Cache-Status: virtwarden; hit` says that libvirt was asked for no more than the state: its files ' +
  'have shown that nothing else has changed since the last answer. `fwd=miss`: all of it was read.';

/** RFC 9211: whether all of it was read for this answer, or libvirt has shown that nothing has changed since it was. */
function sayWhether(unchanged: boolean, reply: FastifyReply): void {
  reply.header('cache-status', `virtwarden; ${unchanged ? 'hit' : 'fwd=miss'}`);
}

/** The JSON of VMs that are shown again as long as they stay the same. */
const written = new WeakMap<Vm, string>();
const vmSchema: Record<string, unknown> = { ...ref(Vm) };

function jsonOf(vm: Vm, reply: FastifyReply): string {
  const known = written.get(vm);
  if (known !== undefined) return known;
  const json = reply.compileSerializationSchema(vmSchema)(vm);
  written.set(vm, json);
  return json;
}

/** Sends what was serialised before, for whomever it was. */
const send = (reply: FastifyReply, { body, etag }: PreparedAnswer): FastifyReply =>
  reply.header('etag', etag).type('application/json; charset=utf-8').send(body);

const vms: FastifyPluginCallbackTypebox = (app, _options, done) => {
  app.get(
    '/vms',
    {
      config: { etag: true },
      schema: {
        operationId: 'listVms',
        tags: ['vms'],
        summary: 'All VMs of the host, in order of their UUIDs',
        description: freshness,
        querystring: ListQuery,
        response: { 200: ref(VmList), ...problemResponses(400, 500, 502, 503, 504) },
      },
    },
    async ({ query }, reply) => {
      const { state, name, limit = 100, cursor } = query;
      const after = cursor === undefined ? '' : fromCursor(cursor);
      const { listing, unchanged } = await withDeadline(deadlines.read, 'Listing the VMs', app.allVms());
      sayWhether(unchanged, reply);
      const question = JSON.stringify([state, name, limit, after]);
      const answer = listing.answer(question, (all) => {
        const matching = all.filter(
          (vm) =>
            vm.uuid > after && (!state || vm.state === state) && (name === undefined || vm.name === name),
        );
        const items = matching.slice(0, limit);
        const last = matching.length > limit ? items.at(-1) : undefined;
        const json = `{"items":[${items.map((vm) => jsonOf(vm, reply)).join()}]`;
        return last ? `${json},"nextCursor":${JSON.stringify(toCursor(last.uuid))}}` : `${json}}`;
      });
      return send(reply, answer);
    },
  );

  app.get(
    '/vm-states',
    {
      config: { etag: true },
      schema: {
        operationId: 'listVmStates',
        tags: ['vms'],
        summary: 'All VMs of the host in short, in order of their UUIDs: for who asks often',
        response: { 200: ref(VmSummaryList), ...problemResponses(500, 502, 503, 504) },
      },
    },
    async (_request, reply) => {
      const listing = await withDeadline(deadlines.read, 'Listing the VMs', app.allVmStates());
      const answer = listing.answer('', (items) =>
        String(reply.serializeInput({ items }, '200', 'application/json')),
      );
      return send(reply, answer);
    },
  );

  app.post(
    '/vms',
    {
      config: { idempotent: true, etag: true },
      schema: {
        operationId: 'createVm',
        tags: ['vms'],
        summary: 'Define a VM, with a filter on each NIC, and run it if asked to',
        body: ref(VmInput),
        response: {
          201: {
            description: 'Created',
            headers: { location: { type: 'string', description: 'where the VM is' } },
            content: { 'application/json': { schema: ref(Vm) } },
          },
          ...problemResponses(400, 409, 413, 415, 422, 500, 501, 502, 503, 504),
        },
      },
    },
    async (request, reply) => {
      const vm = await withDeadline(
        deadlines.change,
        'Creating the VM',
        createVm(app.vmContext(request), request.body),
      );
      return reply.code(201).header('location', `/v1/vms/${vm.uuid}`).send(vm);
    },
  );

  app.get(
    '/vms/:vm',
    {
      config: { etag: true },
      schema: {
        operationId: 'getVm',
        tags: ['vms'],
        summary: 'One VM',
        description: freshness,
        params: VmParams,
        response: { 200: ref(Vm), ...problemResponses(400, 404, 500, 502, 503, 504) },
      },
    },
    async ({ params }, reply) => {
      const read = app.oneVm(params.vm);
      const { listing, unchanged } = await withDeadline(deadlines.read, 'Reading the VM', read);
      sayWhether(unchanged, reply);
      const answer = listing.answer(
        '',
        (all) => all.map((vm) => jsonOf(vm, reply)).join(),
        ([vm]) => etagOf(vm),
      );
      return send(reply, answer);
    },
  );
  done();
};
export default vms;

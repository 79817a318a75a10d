import type { FastifyInstance } from 'fastify';
import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import { Problem } from '../errors.js';
import { readAllFilters } from '../filtering/all-filters.js';
import { demandMatch, etagOf } from '../http/etag.js';
import { withDeadline } from '../libvirt/session.js';
import { Config, ConfigChange, ConfigPatch } from '../schemas/config.js';
import { problemResponses } from '../schemas/problem.js';
import { ref } from '../schemas/ref.js';

/** How long libvirt may take to be asked, ms. */
const libvirtMs = 15_000;

/** @throws Problem nwfilter-not-found. What libvirt has not got now cannot be checked while it is away. */
async function demandFilters(app: FastifyInstance, names: readonly string[]): Promise<void> {
  if (!app.libvirt.connected) return;
  const filters = await withDeadline(
    libvirtMs,
    'Listing the network filters',
    readAllFilters(app.libvirt.connection),
  );
  const present = new Set(filters.map(({ name }) => name));
  const errors = names.flatMap((name, i) =>
    present.has(name)
      ? []
      : [{ path: `/DefaultFilters/${i}`, message: `names a filter that libvirt does not have: ${name}` }],
  );
  if (errors.length === 0) return;
  const detail = errors.map(({ path, message }) => `${path} ${message}`).join('; ');
  throw new Problem('nwfilter-not-found', `${detail}.`, { errors });
}

/** The change is made by now: that libvirt cannot be asked is not to look as if it were not. */
async function outOfSync(app: FastifyInstance): Promise<{ outOfSyncNics?: number }> {
  if (!app.libvirt.connected) return {};
  try {
    const count = withDeadline(libvirtMs, 'Counting the NICs out of sync', app.countOutOfSync());
    return { outOfSyncNics: await count };
  } catch (error) {
    app.log.warn({ err: error }, 'the NICs that are out of sync could not be counted');
    return {};
  }
}

const config: FastifyPluginCallbackTypebox = (app, _options, done) => {
  app.get(
    '/config',
    {
      config: { etag: true },
      schema: {
        operationId: 'getConfig',
        tags: ['config'],
        summary: 'The policy: which filters NICs get by default',
        response: { 200: ref(Config), ...problemResponses(400, 500) },
      },
    },
    () => app.policy.current,
  );

  app.patch(
    '/config',
    {
      config: { etag: true },
      schema: {
        operationId: 'updateConfig',
        tags: ['config'],
        summary: 'Change a part of the policy',
        description:
          'The change is on disk before it is answered, and in force at once for what starts later. What runs keeps its ' +
          'filters; the answer counts the NICs that are out of sync. Filters are looked up on libvirt while it is connected.',
        body: ref(ConfigPatch),
        response: {
          200: ref(ConfigChange),
          ...problemResponses(400, 413, 415, 422, 500, 501, 502, 503, 504),
        },
      },
    },
    async (request, reply) => {
      const { body } = request;
      if (body.DefaultFilters) await demandFilters(app, body.DefaultFilters);
      const policy = await app.policy.change(body, (current) => demandMatch(request, current));
      request.log.info({ change: body }, 'the policy was changed');
      // of the resource, not of this answer, which says more
      return reply.header('etag', etagOf(policy)).send({ ...policy, ...(await outOfSync(app)) });
    },
  );
  done();
};
export default config;

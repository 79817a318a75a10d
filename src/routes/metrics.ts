import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import { Problem } from '../errors.js';
import type { HostVerdicts } from '../enforcement/read.js';
import { whyUnreadable } from '../host/read.js';
import { withDeadline } from '../libvirt/session.js';
import { problemResponses } from '../schemas/problem.js';

/** Prometheus waits 10 s for an answer unless told otherwise, and gets one also from a libvirt that hangs, ms. */
const deadlineMs = 5000;

/** What keeps the service from the kernel's rules. */
async function kernelProblem(verdicts: HostVerdicts | undefined): Promise<Problem | undefined> {
  if (!verdicts) return whyUnreadable();
  const { kernel } = verdicts.host;
  return 'unreadable' in kernel ? new Problem('kernel-unreadable', kernel.unreadable) : undefined;
}

const metrics: FastifyPluginCallbackTypebox = (app, _options, done) => {
  app.get(
    '/metrics',
    {
      schema: {
        operationId: 'getMetrics',
        tags: ['enforcement'],
        summary: 'The host and the service in figures, for Prometheus',
        description:
          'Read from libvirt and from the kernel at the moment of asking. What cannot be read is left out, and a figure says so.',
        response: {
          200: {
            description: "Prometheus' text format",
            content: { 'text/plain': { schema: Type.String() } },
          },
          ...problemResponses(500),
        },
      },
    },
    async (request, reply) => {
      const unlessFailed = async <T>(work: Promise<T>): Promise<T | undefined> =>
        work.catch((error: unknown) => {
          if (app.libvirt.connected) request.log.warn({ err: error }, 'some figures could not be read');
          return undefined;
        });
      const [ready, verdicts] = await Promise.all([
        unlessFailed(app.demandReady().then(() => true)),
        unlessFailed(withDeadline(deadlineMs, 'Reading the rules of all NICs', app.hostVerdicts())),
      ]);
      const text = await app.metrics.text({
        ready: ready === true,
        connected: app.libvirt.connected,
        unsettled: app.hasUnsettled(),
        verdicts,
        lacks: await app.readLacks(await kernelProblem(verdicts)),
      });
      return reply.type(app.metrics.contentType).send(text);
    },
  );
  done();
};
export default metrics;

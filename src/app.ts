import { randomUUID } from 'node:crypto';
import Fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify';
import type { Authentication } from './access/authentication.js';
import type { Settings } from './config.js';
import { logController } from './log.js';
import { answerClientError } from './limits/client-error.js';
import { RequestRates } from './limits/rates.js';
import { timeouts } from './limits/timeouts.js';
import { type AuditLog, noAudit } from './audit/log.js';
import access from './plugins/access.js';
import composed from './plugins/composed.js';
import enforcementWork from './plugins/enforcement.js';
import etag from './plugins/etag.js';
import eventSources from './plugins/event-sources.js';
import eventPlugin from './plugins/events.js';
import idempotency from './plugins/idempotency.js';
import auditWork from './plugins/audit.js';
import hostPlugin from './plugins/host.js';
import libvirt from './plugins/libvirt.js';
import limits from './plugins/limits.js';
import metricsPlugin from './plugins/metrics.js';
import openapi from './plugins/openapi.js';
import migrations from './plugins/migrations.js';
import page from './plugins/page.js';
import operationWork from './plugins/operations.js';
import recovery from './plugins/recovery.js';
import policyPlugin from './plugins/policy.js';
import problems, { answerProblem, problemOf } from './plugins/problems.js';
import readiness from './plugins/readiness.js';
import seeds from './plugins/seeds.js';
import sameSite from './plugins/same-site.js';
import tokenWork from './plugins/tokens.js';
import trustWork from './plugins/trust.js';
import vmWork from './plugins/vms.js';
import attackMatrix from './routes/attack-matrix.js';
import auditRoutes from './routes/audit.js';
import config from './routes/config.js';
import enforcement from './routes/enforcement.js';
import events from './routes/events.js';
import health from './routes/health.js';
import host from './routes/host.js';
import metrics from './routes/metrics.js';
import nicParameters from './routes/nic-parameters.js';
import nicUnplug from './routes/nic-unplug.js';
import nics from './routes/nics.js';
import nwfilterBindings from './routes/nwfilter-bindings.js';
import nwfilterCheck from './routes/nwfilter-check.js';
import nwfilterChange from './routes/nwfilter-change.js';
import nwfilterPreview from './routes/nwfilter-preview.js';
import nwfilters from './routes/nwfilters.js';
import operations from './routes/operations.js';
import tokenRoutes from './routes/tokens.js';
import vmActions from './routes/vm-actions.js';
import vmChange from './routes/vm-change.js';
import vmDetails from './routes/vm-details.js';
import vmDisks from './routes/vm-disks.js';
import vmMigrate from './routes/vm-migrate.js';
import vmShutdown from './routes/vm-shutdown.js';
import vms from './routes/vms.js';
import whoami from './routes/whoami.js';
import { longestName } from './schemas/common.js';
import { sharedSchemas } from './schemas/shared.js';
import { type ChangeJournal, noJournal } from './state/journal.js';
import type { PolicyStore } from './state/policy-store.js';
import { type TlsFiles, tlsOptions } from './tls.js';
import { schemaController } from './validation.js';

/** The largest request body, bytes. */
const bodyLimit = 256 * 1024;

export interface AppOptions {
  settings: Pick<Settings, 'uri' | 'imageDirs' | 'requestsPerMinute' | 'metricsAccess'> &
    Partial<Pick<Settings, 'stateDir' | 'migrationDestinations'>>;
  /** The names that clients may call the service by, beside addresses and localhost; undefined: any. */
  hostNames?: readonly string[];
  /** Files and directories of the service itself, which no VM is given wherever they lie. */
  ownPaths?: readonly string[];
  authentication: Authentication;
  policy: PolicyStore;
  /** Where changes are written before they begin; without one a crash in the middle leaves what it leaves. */
  journal?: ChangeJournal;
  /** Where it is written down who changed what. */
  audit?: AuditLog;
  logger?: FastifyServerOptions['logger'];
  tls?: TlsFiles;
}

/** The application, complete but not listening: what the server listens with and what tests inject into. */
export async function buildApp({
  settings,
  ownPaths = [],
  authentication,
  policy,
  journal = noJournal,
  audit = noAudit,
  logger,
  tls,
  hostNames,
}: AppOptions): Promise<FastifyInstance> {
  const options: FastifyServerOptions = {
    logger: logger ?? false,
    logController,
    genReqId: () => randomUUID(),
    bodyLimit,
    ...timeouts,
    clientErrorHandler: answerClientError,
    // Requests under way are finished at the end; idle connections do not hold it up.
    forceCloseConnections: 'idle',
    schemaController,
    routerOptions: { maxParamLength: longestName },
    // What the router refuses before any route or handler of ours has it.
    frameworkErrors: (error, request, reply) => {
      void answerProblem(request, reply, problemOf(error, request));
    },
  };
  // The type of the instance would change with the transport, and nothing else here does.
  // Node.js itself would answer without a body: same-site demands the header.
  const http = { ...timeouts, requireHostHeader: false };
  const transport = tls ? { https: { ...http, ...tlsOptions(tls) } } : { http };
  const app = Fastify({ ...options, ...transport } as FastifyServerOptions);

  // Expect: Node.js would refuse what it does not know, without a body. It may be passed over as well (RFC 9110, 10.1.1).
  app.server.on('checkExpectation', (request, response) => app.server.emit('request', request, response));
  app.removeContentTypeParser('text/plain'); // JSON only: anything else is 415

  for (const schema of sharedSchemas) app.addSchema(schema);

  await app.register(problems);
  await app.register(metricsPlugin, { ...(tls && { certificate: tls.cert }) });
  await app.register(sameSite, { hostNames });
  await app.register(access, {
    authentication,
    rates: new RequestRates(settings.requestsPerMinute),
    metricsAccess: settings.metricsAccess,
  });
  await app.register(limits);
  await app.register(openapi);
  await app.register(etag);
  await app.register(idempotency);
  await app.register(eventPlugin);
  await app.register(tokenWork);
  await app.register(libvirt, { uri: settings.uri });
  await app.register(readiness);
  await app.register(policyPlugin, { policy });
  await app.register(operationWork);
  await app.register(auditWork, { audit });
  await app.register(eventSources);
  await app.register(vmWork, { places: { imageDirs: settings.imageDirs, ownPaths }, journal });
  await app.register(migrations);
  await app.register(recovery);
  await app.register(composed);
  await app.register(trustWork);
  await app.register(enforcementWork);
  await app.register(hostPlugin, { places: settings });
  await app.register(seeds, { imageDirs: settings.imageDirs });
  await app.register(health);
  await app.register(metrics);
  await app.register(page);
  await app.register(
    async (v1) => {
      await v1.register(vms);
      await v1.register(vmChange);
      await v1.register(vmActions);
      await v1.register(vmMigrate, { destinations: settings.migrationDestinations ?? [] });
      await v1.register(vmShutdown);
      await v1.register(vmDisks);
      await v1.register(vmDetails);
      await v1.register(nics);
      await v1.register(nicUnplug);
      await v1.register(nicParameters);
      await v1.register(enforcement);
      await v1.register(nwfilters);
      await v1.register(nwfilterChange);
      await v1.register(nwfilterCheck);
      await v1.register(nwfilterPreview);
      await v1.register(nwfilterBindings);
      await v1.register(attackMatrix);
      await v1.register(operations);
      await v1.register(config);
      await v1.register(host);
      await v1.register(tokenRoutes);
      await v1.register(auditRoutes);
      await v1.register(events);
      await v1.register(whoami);
    },
    { prefix: '/v1' },
  );
  return app;
}

import { randomUUID } from 'node:crypto';
import Fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify';
import type { Settings } from './config.js';
import auth from './plugins/auth.js';
import etag from './plugins/etag.js';
import idempotency from './plugins/idempotency.js';
import libvirt from './plugins/libvirt.js';
import openapi from './plugins/openapi.js';
import operationWork from './plugins/operations.js';
import policyPlugin from './plugins/policy.js';
import problems from './plugins/problems.js';
import vmWork from './plugins/vms.js';
import config from './routes/config.js';
import health from './routes/health.js';
import operations from './routes/operations.js';
import vmActions from './routes/vm-actions.js';
import vms from './routes/vms.js';
import { Config, ConfigChange, ConfigPatch } from './schemas/config.js';
import { Nic, NicInput, NicSourceInput } from './schemas/nic.js';
import { Operation, OperationList } from './schemas/operation.js';
import { BootInput, CdromInput, Disk, DiskInput, Vm, VmInput, VmList } from './schemas/vm.js';
import type { PolicyStore } from './state/policy-store.js';
import type { TokenVerifier } from './state/tokens.js';
import { schemaController } from './validation.js';

/** The largest request body, bytes. */
const bodyLimit = 256 * 1024;

export interface AppOptions {
  settings: Pick<Settings, 'uri' | 'imageDirs'>;
  tokens: TokenVerifier;
  policy: PolicyStore;
  logger?: FastifyServerOptions['logger'];
  https?: { cert: Buffer; key: Buffer };
}

/** The application, complete but not listening: what the server listens with and what tests inject into. */
export async function buildApp({
  settings,
  tokens,
  policy,
  logger,
  https,
}: AppOptions): Promise<FastifyInstance> {
  const options: FastifyServerOptions = {
    logger: logger ?? false,
    genReqId: () => randomUUID(),
    bodyLimit,
    // Requests under way are finished at the end; idle connections do not hold it up.
    forceCloseConnections: 'idle',
    schemaController,
  };
  // The type of the instance would change with the transport, and nothing else here does.
  const app = Fastify(https ? ({ ...options, https } as FastifyServerOptions) : options);

  const schemas = [
    NicSourceInput,
    NicInput,
    Nic,
    BootInput,
    DiskInput,
    CdromInput,
    VmInput,
    Disk,
    Vm,
    VmList,
    Operation,
    OperationList,
    Config,
    ConfigPatch,
    ConfigChange,
  ];
  for (const schema of schemas) app.addSchema(schema);
  app.decorate('tokens', tokens);

  await app.register(problems);
  await app.register(openapi);
  await app.register(etag);
  await app.register(idempotency);
  await app.register(libvirt, { uri: settings.uri });
  await app.register(policyPlugin, { policy });
  await app.register(operationWork);
  await app.register(vmWork, { imageDirs: settings.imageDirs });
  await app.register(health);
  await app.register(
    async (v1) => {
      await v1.register(auth);
      await v1.register(vms);
      await v1.register(vmActions);
      await v1.register(operations);
      await v1.register(config);
    },
    { prefix: '/v1' },
  );
  return app;
}

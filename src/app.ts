import { randomUUID } from 'node:crypto';
import Fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify';
import type { Settings } from './config.js';
import auth from './plugins/auth.js';
import libvirt from './plugins/libvirt.js';
import openapi from './plugins/openapi.js';
import problems, { answerProblem, problemOf } from './plugins/problems.js';
import vmWork from './plugins/vms.js';
import health from './routes/health.js';
import vmActions from './routes/vm-actions.js';
import vms from './routes/vms.js';
import { longestName } from './schemas/common.js';
import { Nic, NicInput, NicSourceInput } from './schemas/nic.js';
import { BootInput, CdromInput, Disk, DiskInput, Vm, VmInput, VmList } from './schemas/vm.js';
import type { TokenVerifier } from './state/tokens.js';
import { schemaController } from './validation.js';

/** The largest request body, bytes. */
const bodyLimit = 256 * 1024;

export interface AppOptions {
  settings: Pick<Settings, 'uri' | 'imageDirs'>;
  tokens: TokenVerifier;
  logger?: FastifyServerOptions['logger'];
  https?: { cert: Buffer; key: Buffer };
}

/** The application, complete but not listening: what the server listens with and what tests inject into. */
export async function buildApp({ settings, tokens, logger, https }: AppOptions): Promise<FastifyInstance> {
  const options: FastifyServerOptions = {
    logger: logger ?? false,
    genReqId: () => randomUUID(),
    bodyLimit,
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
  const app = Fastify(https ? ({ ...options, https } as FastifyServerOptions) : options);

  app.removeContentTypeParser('text/plain'); // JSON only: anything else is 415

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
  ];
  for (const schema of schemas) app.addSchema(schema);
  app.decorate('tokens', tokens);

  await app.register(problems);
  await app.register(openapi);
  await app.register(libvirt, { uri: settings.uri });
  await app.register(vmWork, { imageDirs: settings.imageDirs });
  await app.register(health);
  await app.register(
    async (v1) => {
      await v1.register(auth);
      await v1.register(vms);
      await v1.register(vmActions);
    },
    { prefix: '/v1' },
  );
  return app;
}

import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify';
import type { Test } from 'tap';
import { Authentication } from '../../src/access/authentication.js';
import { buildApp } from '../../src/app.js';
import type { AuditLog } from '../../src/audit/log.js';
import type { ProblemBody } from '../../src/schemas/problem.js';
import type { StoredToken } from '../../src/schemas/token.js';
import { PolicyStore } from '../../src/state/policy-store.js';
import { hashOf } from '../../src/state/stored-token.js';
import { TokenStore } from '../../src/state/tokens.js';
import type { TlsFiles } from '../../src/tls.js';

export const token = 'the-right-token';
/** Where nobody listens. */
export const deadUri = 'qemu+unix:///system?socket=/nonexistent/libvirt-sock';

interface TestAppOptions {
  uri?: string;
  tokens?: TokenStore;
  authentication?: Authentication;
  tls?: TlsFiles;
  policy?: PolicyStore;
  /** Tests ask for more than a caller may, unless they are about that. */
  requestsPerMinute?: number;
  metricsAccess?: 'viewer' | 'anyone';
  hostNames?: readonly string[];
  audit?: AuditLog;
}

/** A token of somebody, as the state directory would have it. */
export const storedToken = (secret: string, of: Partial<StoredToken> = {}): StoredToken => ({
  id: randomUUID(),
  name: 'tester',
  role: 'admin',
  trust: false,
  createdAt: '2024-05-06T07:08:09.000Z',
  ...of,
  sha256: hashOf(secret),
});

/** The application over libvirt's test driver, ready, closed at the end of the test. */
export async function testApp(t: Test, options: TestAppOptions = {}): Promise<FastifyInstance> {
  const {
    uri = 'test:///default',
    tokens = TokenStore.inMemory([storedToken(token)]),
    authentication = new Authentication(tokens),
    policy = PolicyStore.inMemory(),
    requestsPerMinute = 1_000_000_000,
    metricsAccess = 'viewer',
    hostNames,
    audit,
    tls,
  } = options;
  const settings = { uri, imageDirs: ['/var/lib/libvirt/images'], requestsPerMinute, metricsAccess };
  const app = await buildApp({
    settings,
    authentication,
    policy,
    ...(hostNames && { hostNames }),
    ...(audit && { audit }),
    ...(tls && { tls }),
  });
  t.teardown(() => app.close());
  await app.ready();
  return app;
}

/** The same once it is connected to the test driver. */
export async function connectedApp(t: Test, options: TestAppOptions = {}): Promise<FastifyInstance> {
  const app = await testApp(t, options);
  if (!app.libvirt.connected) await once(app.libvirt, 'connected');
  return app;
}

/** A request of someone with the right token. */
export function ask(app: FastifyInstance, options: InjectOptions): Promise<LightMyRequestResponse> {
  return app.inject({ ...options, headers: { authorization: `Bearer ${token}`, ...options.headers } });
}

/** The problem in an answer, which must be one in every respect. */
export function problemOf(t: Test, response: LightMyRequestResponse): ProblemBody {
  t.match(response.headers['content-type'], /^application\/problem\+json\b/);
  const problem = response.json<ProblemBody>();
  t.equal(problem.status, response.statusCode, 'the status in the body is the answer’s');
  t.match(problem, { type: /^\/problems\/[a-z-]+$/, title: /./, detail: /./, instance: /./ });
  return problem;
}

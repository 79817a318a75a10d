import { once } from 'node:events';
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify';
import type { Test } from 'tap';
import { buildApp, type AppOptions } from '../../src/app.js';
import type { ProblemBody } from '../../src/schemas/problem.js';
import { PolicyStore } from '../../src/state/policy-store.js';

export const token = 'the-right-token';
/** Where nobody listens. */
export const deadUri = 'qemu+unix:///system?socket=/nonexistent/libvirt-sock';

interface TestAppOptions {
  uri?: string;
  tokens?: AppOptions['tokens'];
  policy?: PolicyStore;
}

const knownToken = { verify: (given: string) => (given === token ? 'tester' : undefined) };

/** The application over libvirt's test driver, ready, closed at the end of the test. */
export async function testApp(t: Test, options: TestAppOptions = {}): Promise<FastifyInstance> {
  const { uri = 'test:///default', tokens = knownToken, policy = PolicyStore.inMemory() } = options;
  const app = await buildApp({ settings: { uri, imageDirs: ['/var/lib/libvirt/images'] }, tokens, policy });
  t.teardown(() => app.close());
  await app.ready();
  return app;
}

/** The same once it is connected to the test driver. */
export async function connectedApp(t: Test): Promise<FastifyInstance> {
  const app = await testApp(t);
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

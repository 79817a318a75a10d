import createClient, { type Client, type ClientOptions, defaultPathSerializer } from 'openapi-fetch';
import { nodeFetch } from './node-fetch.js';
import type { components, paths } from './schema.js';

export type { components, operations, paths } from './schema.js';

/** What goes over the wire, by its name in the OpenAPI document: `Schemas['VmInput']`. */
export type Schemas = components['schemas'];
/** The `error` of an answer: RFC 9457. */
export type Problem = Schemas['Problem'];
/** openapi-fetch's client, with the service's routes. */
export type VirtwardenClient = Client<paths>;

/** openapi-fetch's own options, and how the service is reached. */
export interface VirtwardenClientOptions extends ClientOptions {
  /** Where the service is; `http://127.0.0.1:7480` when absent. */
  baseUrl?: string;
  /** The unix socket that the service listens on, instead of a host and a port. */
  socketPath?: string;
  /** Shown with each request. Without one a certificate, or who has connected the unix socket, may say who asks. */
  token?: string;
  /** Who has made the service's certificate, PEM; when absent, the authorities that Node.js knows. */
  ca?: string;
  /** The client's own certificate, PEM. */
  cert?: string;
  /** The key of `cert`, PEM. */
  key?: string;
}

/** A path with what it is to name. @throws TypeError for a name that would lead to another route, or is missing */
function safePath(path: string, names: Record<string, unknown>): string {
  for (const [parameter, name] of Object.entries(names)) {
    if (typeof name !== 'string' || ['', '.', '..'].includes(name))
      throw new TypeError(`${parameter} of ${path} cannot be ${JSON.stringify(name)}`);
  }
  return defaultPathSerializer(path, names);
}

/**
 * A client of the service. Each call gives `{ data, error, response }`, where `error` is the problem that the service has answered with;
 * it rejects when there is no answer, and when that is no JSON: `GET('/metrics', { parseAs: 'text' })`.
 */
export function createVirtwardenClient({
  socketPath,
  baseUrl = socketPath === undefined ? 'http://127.0.0.1:7480' : 'http://localhost',
  token,
  ca,
  cert,
  key,
  ...options
}: VirtwardenClientOptions = {}): VirtwardenClient {
  const client = createClient<paths>({
    baseUrl,
    fetch: nodeFetch({ socketPath, ca, cert, key }),
    pathSerializer: safePath,
    ...options,
  });
  if (token !== undefined)
    client.use({ onRequest: ({ request }) => request.headers.set('authorization', `Bearer ${token}`) });
  return client;
}

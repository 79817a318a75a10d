import createClient, { type Client, type ClientOptions } from 'openapi-fetch';
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

/**
 * A client of the service. Each call gives `{ data, error, response }`, where `error` is the problem that the service has answered with;
 * it rejects only when there is no answer.
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
    ...options,
  });
  if (token !== undefined)
    client.use({ onRequest: ({ request }) => request.headers.set('authorization', `Bearer ${token}`) });
  return client;
}

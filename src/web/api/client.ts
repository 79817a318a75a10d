import createClient from 'openapi-fetch';
import type { components, paths } from '../../client/schema.js';

/** What goes over the wire, by its name in the OpenAPI document. */
export type Schemas = components['schemas'];

/** In memory only: no page of another site can make the browser send it, and a reload forgets it. */
let token: string | undefined;

export const showToken = (given: string | undefined): void => void (token = given);

/** Nothing where the connection's certificate says who asks. */
export const authorization = (): Record<string, string> =>
  token === undefined ? {} : { authorization: `Bearer ${token}` };

/** The service that this page came from. What it answers is not left on the browser's disk. */
export const api = createClient<paths>({ baseUrl: location.origin, cache: 'no-store' });
api.use({
  onRequest({ request }) {
    for (const [name, value] of Object.entries(authorization())) request.headers.set(name, value);
  },
});

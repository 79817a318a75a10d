import { Authentication } from './access/authentication.js';
import { buildApp } from './app.js';
import { PolicyStore } from './state/policy-store.js';
import { TokenStore } from './state/tokens.js';

/** The OpenAPI document, as it is checked in: made of the routes' schemas, with no libvirt to be had. */
export async function openapiDocument(): Promise<string> {
  const app = await buildApp({
    settings: {
      uri: 'test:///default',
      imageDirs: ['/var/lib/libvirt/images'],
      requestsPerMinute: 6000,
      metricsAccess: 'viewer',
    },
    authentication: new Authentication(TokenStore.inMemory()),
    policy: PolicyStore.inMemory(),
  });
  try {
    await app.ready();
    return `${JSON.stringify(app.swagger(), null, 2)}\n`;
  } finally {
    await app.close();
  }
}

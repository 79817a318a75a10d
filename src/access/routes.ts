import { type Role } from './grant.js';

/** What it takes to use a route: a role, or nothing. */
export type Access = Role | 'anyone';

/** Its figures may be had without a role, too, where the setting says so. */
export const metricsRoute = '/metrics';

/**
 * Who may use which route: the one table. A route that is not in it keeps the service from starting. HEAD is as GET.
 * Beyond the role, `trust` is asked for what is in a request's body: see filtering/trust.ts.
 */
const table: Record<Access, readonly string[]> = {
  anyone: [
    'GET /',
    'GET /assets/*',
    'GET /healthz',
    'GET /readyz',
    'GET /openapi.json',
    'GET /docs',
    'GET /docs/',
    'GET /docs/json',
    'GET /docs/yaml',
    'GET /docs/static/*',
    'GET /docs/static/index.html',
    'GET /docs/static/swagger-initializer.js',
  ],
  viewer: [
    'GET /metrics',
    'GET /v1/attack-matrix',
    'GET /v1/config',
    'GET /v1/enforcement',
    'GET /v1/events',
    'GET /v1/host',
    'GET /v1/nwfilter-bindings',
    'GET /v1/nwfilter-bindings/:port',
    'GET /v1/nwfilters',
    'GET /v1/nwfilters/:name',
    'GET /v1/nwfilters/:name/preview',
    'GET /v1/operations',
    'GET /v1/operations/:id',
    'GET /v1/vm-states',
    'GET /v1/vms',
    'GET /v1/vms/:vm',
    'GET /v1/vms/:vm/addresses',
    'GET /v1/vms/:vm/disks',
    'GET /v1/vms/:vm/nics',
    'GET /v1/vms/:vm/nics/:mac',
    'GET /v1/vms/:vm/nics/:mac/enforcement',
    'GET /v1/vms/:vm/nics/:mac/filter-parameters',
    'GET /v1/vms/:vm/nics/:mac/statistics',
    'GET /v1/vms/:vm/xml',
    'GET /v1/whoami',
  ],
  operator: [
    'DELETE /v1/operations/:id',
    'DELETE /v1/vms/:vm',
    'DELETE /v1/vms/:vm/nics/:mac',
    'PATCH /v1/vms/:vm',
    'PATCH /v1/vms/:vm/disks/:target',
    'PATCH /v1/vms/:vm/nics/:mac',
    'POST /v1/enforcement/repair',
    'POST /v1/vms',
    'POST /v1/vms/:vm/nics',
    'POST /v1/vms/:vm/nics/:mac/enforcement/repair',
    'POST /v1/vms/:vm/migrate',
    'POST /v1/vms/:vm/reboot',
    'POST /v1/vms/:vm/reset',
    'POST /v1/vms/:vm/resume',
    'POST /v1/vms/:vm/shutdown',
    'POST /v1/vms/:vm/start',
    'POST /v1/vms/:vm/stop',
    'POST /v1/vms/:vm/suspend',
    'PUT /v1/vms/:vm/nics/:mac/filter-parameters',
  ],
  admin: [
    'DELETE /v1/nwfilters/:name',
    'DELETE /v1/tokens/:id',
    'GET /v1/audit',
    'GET /v1/tokens',
    'PATCH /v1/config',
    'POST /v1/nwfilters',
    'POST /v1/nwfilters/check',
    'POST /v1/tokens',
    'PUT /v1/nwfilters/:name',
  ],
};

/** By method and path, as Fastify knows them. */
export const routeAccess: ReadonlyMap<string, Access> = new Map(
  (Object.keys(table) as Access[]).flatMap((access) =>
    table[access].map((route) => [route, access] as const),
  ),
);

/** @throws Error when the route is not in the table */
export function accessOf(method: string, url: string): Access {
  const route = `${method === 'HEAD' ? 'GET' : method} ${url}`;
  const access = routeAccess.get(route);
  if (access === undefined)
    throw new Error(`The table of access/routes.ts does not say who may use ${route}.`);
  return access;
}

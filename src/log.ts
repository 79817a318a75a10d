import type { FastifyRequest, FastifyServerOptions } from 'fastify';
import type { Settings } from './config.js';
import { pathOf } from './http/request-line.js';

/** What of a request is logged. */
const req = ({ method, url, ip, socket }: FastifyRequest) => ({
  method,
  url: pathOf(url),
  from: ip || 'socket',
  remotePort: socket.remotePort,
});

/** JSON lines on standard output. */
export const logOptions = ({ logLevel }: Pick<Settings, 'logLevel'>): FastifyServerOptions['logger'] => ({
  level: logLevel,
  serializers: { req },
});

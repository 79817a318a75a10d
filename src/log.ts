import { type FastifyRequest, type FastifyServerOptions, LogController } from 'fastify';
import type { Settings } from './config.js';
import { isRead, pathOf } from './http/request-line.js';

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

/**
 * Each change is logged when it comes and when it is done. A read is only when it fails: monitors make thousands of them, and a
 * line is written before the next request is looked at.
 */
export const logController = new LogController({
  disableRequestLogging: (request) => isRead(request.method),
});

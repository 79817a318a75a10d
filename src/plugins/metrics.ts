import fp from 'fastify-plugin';
import { Metrics } from '../metrics/metrics.js';

declare module 'fastify' {
  interface FastifyInstance {
    metrics: Metrics;
  }
}

/** Counts what is answered; others tell it what they do. */
export default fp<{ certificate?: Buffer }>(
  (app, { certificate }, done) => {
    const metrics = new Metrics(certificate);
    app.decorate('metrics', metrics);
    app.addHook('onResponse', ({ method, routeOptions: { url, config } }, reply, next) => {
      const { statusCode: status, elapsedTime, problemType: problem } = reply;
      const seconds = config.endless ? undefined : elapsedTime / 1000;
      metrics.requests.answered({ method, route: url, status, seconds, problem });
      next();
    });
    done();
  },
  { name: 'metrics', dependencies: ['problems'] },
);

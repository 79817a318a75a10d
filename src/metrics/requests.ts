import { Counter, Histogram, type Registry } from 'prom-client';
import { type ProblemType, problemTypes } from '../errors.js';

/** Upper bounds of the histogram's buckets, s: a read of a large host takes tenths of a second, the start of a VM some seconds. */
const buckets = [0.005, 0.025, 0.1, 0.5, 1, 2.5, 5, 10, 30];

/** An answer, as it is counted. */
export interface Answered {
  method: string;
  /** As Fastify knows it, `/v1/vms/:vm`; undefined where no route fits. */
  route: string | undefined;
  status: number;
  /** From the request to the end of its answer, s; undefined where a reader says how long that takes. */
  seconds: number | undefined;
  problem: ProblemType | undefined;
}

/** How the service answers. Its labels have the values of the table of routes, never what a caller has made up. */
export class RequestMetrics {
  readonly #requests: Counter;
  readonly #durations: Histogram;
  readonly #problems: Counter;

  constructor(registry: Registry) {
    const registers = [registry];
    this.#requests = new Counter({
      name: 'virtwarden_http_requests_total',
      help: 'Requests that were answered',
      labelNames: ['method', 'route', 'status'],
      registers,
    });
    this.#durations = new Histogram({
      name: 'virtwarden_http_request_duration_seconds',
      help: 'From the request to the end of its answer, ?wait= included; streams of events are left out',
      labelNames: ['method', 'route'],
      buckets,
      registers,
    });
    this.#problems = new Counter({
      name: 'virtwarden_problems_total',
      help: 'Answers that were problems, by type',
      labelNames: ['type'],
      registers,
    });
    // what appears only with its first 1 has not increased
    for (const type of Object.keys(problemTypes)) this.#problems.inc({ type }, 0);
  }

  answered({ method, route = 'none', status, seconds, problem }: Answered): void {
    this.#requests.inc({ method, route, status });
    if (seconds !== undefined) this.#durations.observe({ method, route }, seconds);
    if (problem !== undefined) this.#problems.inc({ type: problem });
  }
}

import { Registry } from 'prom-client';
import { type HostFigures, HostMetrics } from './host.js';
import { registerProcess } from './process.js';
import { RequestMetrics } from './requests.js';
import { UpkeepMetrics } from './upkeep.js';

/** What is counted of the service and its host, in Prometheus' terms: docs/operate/monitor.md has them all. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #host = new HostMetrics(this.#registry);
  readonly requests = new RequestMetrics(this.#registry);
  readonly upkeep = new UpkeepMetrics(this.#registry);

  /** @param certificate that HTTPS is served with, PEM */
  constructor(certificate?: Buffer) {
    registerProcess(this.#registry, certificate);
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** What Prometheus reads, with these figures of the host. */
  async text(figures: HostFigures): Promise<string> {
    this.#host.set(figures);
    return this.#registry.metrics();
  }
}

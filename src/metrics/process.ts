import { X509Certificate } from 'node:crypto';
import { Counter, Gauge, type Registry } from 'prom-client';
import { version } from '../version.js';

const startedAt = Date.now() / 1000 - process.uptime();

/**
 * The process itself, by the names that every process has for Prometheus. prom-client's own set of these keeps a timer and an
 * observer of each garbage collection running.
 * @param certificate that HTTPS is served with, PEM
 */
export function registerProcess(registry: Registry, certificate?: Buffer): void {
  const registers = [registry];
  new Gauge({
    name: 'virtwarden_build_info',
    help: 'Which version runs',
    labelNames: ['version'],
    registers,
  }).set({ version }, 1);
  new Gauge({
    name: 'process_start_time_seconds',
    help: 'When the process began, s since 1970',
    registers,
  }).set(startedAt);
  new Gauge({
    name: 'process_resident_memory_bytes',
    help: 'Memory of the process that is resident',
    registers,
    collect() {
      this.set(process.memoryUsage.rss());
    },
  });
  new Counter({
    name: 'process_cpu_seconds_total',
    help: 'Time that the process has had processors for, s',
    registers,
    collect() {
      const { user, system } = process.cpuUsage();
      this.reset();
      this.inc((user + system) / 1e6);
    },
  });
  if (certificate === undefined) return;
  new Gauge({
    name: 'virtwarden_tls_certificate_not_after_timestamp_seconds',
    help: 'When the certificate of the service expires, s since 1970',
    registers,
  }).set(Date.parse(new X509Certificate(certificate).validTo) / 1000);
}

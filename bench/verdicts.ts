import { startHost } from '../test/hosts/index.js';
import { onBridge, Service } from '../test/integration/service.js';
import type { HostEnforcement } from '../src/schemas/enforcement.js';

// How long `GET /v1/enforcement` takes, all of it read anew: libvirt and the kernel of a host with more and more NICs that run.

const nicsPerVm = 10;
const requests = 50;

const at = (sorted: readonly number[], part: number): string =>
  (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? NaN).toFixed(1);

/** Asks so many times, one after the other. @throws Error when not all NICs are enforced */
async function measure(service: Service, nics: number): Promise<string> {
  const times: number[] = [];
  for (let i = 0; i < requests; i++) {
    const began = performance.now();
    const { body } = await service.request<HostEnforcement>('GET', '/v1/enforcement');
    times.push(performance.now() - began);
    if (body.counts.enforced !== nics) throw new Error(`not enforced: ${JSON.stringify(body.counts)}`);
  }
  times.sort((a, b) => a - b);
  return `${nics} NICs: p50 ${at(times, 0.5)} ms, p90 ${at(times, 0.9)} ms, slowest ${at(times, 1)} ms`;
}

const host = await startHost();
try {
  await using service = await Service.start(host);
  for (let vm = 1; vm <= 10; vm++) {
    const nics = Array.from({ length: nicsPerVm }, () => onBridge());
    const { status, body } = await service.create<object>(`vm${vm}`, nics, { memoryMiB: 96 });
    if (status !== 201) throw new Error(JSON.stringify(body));
    // what the guests do is not to be measured
    await service.request('POST', `/v1/vms/vm${vm}/suspend`);
    console.log(await measure(service, vm * nicsPerVm));
  }
} finally {
  await host.stop();
}

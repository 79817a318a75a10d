import type { Enforcement } from '../../src/schemas/enforcement.js';
import type { MigrateInput } from '../../src/schemas/migration.js';
import type { Operation } from '../../src/schemas/operation.js';
import { type HostOptions, joinHosts, migrationConf, startHost, type TestHost } from '../hosts/index.js';
import type { Answer } from '../integration/http.js';
import { Service, type ServiceOptions } from '../integration/service.js';
import { relay } from './relay.js';

/** A host with its service, as another one moves VMs to it. */
export interface Side {
  host: TestHost;
  service: Service;
  /** The destination of a migration to it. */
  destination: Pick<MigrateInput, 'destinationUri' | 'destinationUrl' | 'destinationToken'>;
}

export const nothingLeft = { chains: [], jumps: [], bindings: [], taps: [] };

/** Two hosts, joined by a cable, each with its service. */
export class Pair implements AsyncDisposable {
  readonly a: Side;
  readonly b: Side;

  private constructor(a: Side, b: Side) {
    this.a = a;
    this.b = b;
  }

  static async start(
    { qemuConf = [] }: Pick<HostOptions, 'qemuConf'> = {},
    options: ServiceOptions = {},
  ): Promise<Pair> {
    const addresses = ['10.9.0.1', '10.9.0.2'] as const;
    const hostAt = (name: string, address: string): Promise<TestHost> =>
      startHost({
        name,
        qemuConf: [...migrationConf(address), ...qemuConf],
      });
    const [a, b] = await Promise.all([hostAt('a', addresses[0]), hostAt('b', addresses[1])]);
    await joinHosts(a, b, [`${addresses[0]}/24`, `${addresses[1]}/24`]);
    const services = await Promise.all([Service.start(a, options), Service.start(b, options)]);
    return new Pair(
      { host: a, service: services[0], destination: await Pair.#destination(a, services[0], b) },
      { host: b, service: services[1], destination: await Pair.#destination(b, services[1], a) },
    );
  }

  static async #destination(host: TestHost, service: Service, from: TestHost): Promise<Side['destination']> {
    const { url } = await relay(from, service.socket);
    return {
      destinationUri: host.uri,
      destinationUrl: url,
      destinationToken: await service.tokenFor('operator'),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { host } of [this.a, this.b]) await host.stop();
  }
}

/** Begins to move a VM. */
export const begin = (
  from: Side,
  vm: string,
  to: Side['destination'],
  more: Partial<MigrateInput> = {},
): Promise<Answer<Operation>> =>
  from.service.request<Operation>('POST', `/v1/vms/${vm}/migrate`, { ...to, ...more });

/** Waits for the end of an operation, and gives what it was like whenever it was looked at. */
export async function follow(
  { service }: Side,
  id: string,
  each: (operation: Operation) => unknown = () => undefined,
): Promise<Operation> {
  for (;;) {
    const { body } = await service.request<Operation>('GET', `/v1/operations/${id}`);
    await each(body);
    if (body.status !== 'running') return body;
  }
}

/** Moves a VM, and gives how that ended. */
export async function move(
  from: Side,
  vm: string,
  to: Side['destination'],
  more: Partial<MigrateInput> = {},
): Promise<Operation> {
  const { status, body } = await begin(from, vm, to, more);
  if (status !== 202) throw new Error(`not begun: ${status} ${JSON.stringify(body)}`);
  return follow(from, body.id);
}

/** The verdict on a NIC. */
export async function verdict({ service }: Side, vm: string, mac: string): Promise<string> {
  const { status, body } = await service.request<Enforcement>('GET', `/v1/vms/${vm}/nics/${mac}/enforcement`);
  return status === 200 ? body.status : String(status);
}

/** The state of a VM; 404 where there is none. */
export async function stateOf({ service }: Side, vm: string): Promise<string> {
  const { status, body } = await service.request<{ state: string }>('GET', `/v1/vms/${vm}`);
  return status === 200 ? body.state : String(status);
}

import type { Enforcement } from '../../src/schemas/enforcement.js';
import { Guest, guestImage, type TestHost } from '../../test/hosts/index.js';
import { onBridge, type Service } from '../../test/integration/service.js';
import { expect } from './expected.js';
import { say } from './screen.js';

/** A VM of the demo, with its one NIC. */
export interface Actor {
  name: string;
  mac: string;
  /** The NIC's end on the host, a port of the bridge. */
  tap: string;
  guest: Guest;
}

/** Creates a VM as a user would, naming no filter, and demands the verdict that its NIC is enforced. */
export async function createActor(host: TestHost, service: Service, name: 'honest' | 'liar'): Promise<Actor> {
  const nics = [onBridge()];
  const { kernel, initrd, cmdline } = await guestImage();
  const boot = { kernel, initrd, cmdline };
  const shown = JSON.stringify({ name, nics }).replace(/}$/, ',…}');
  say('request', `POST /v1/vms ${shown}`);
  const { status, body } = await service.create(name, nics, { boot });
  expect(status === 201, `creating ${name} was answered ${status}: ${JSON.stringify(body)}`);
  const [nic] = body.nics;
  expect(nic?.target !== undefined, `the NIC of ${name} has no tap`);
  const { mac, target, filters } = nic;
  say('answer', `201: its NIC is ${mac}, tap ${target}, filter ${filters.join(', ')}`);
  const guest = await Guest.attach(host, name);
  const actor = { name, mac, tap: target, guest };
  await demandEnforced(service, actor);
  return actor;
}

/** The verdict on an actor's NIC, read from libvirt and the kernel now. */
export async function verdict(service: Service, { name, mac }: Actor): Promise<Enforcement> {
  const { status, body } = await service.request<Enforcement>('GET', pathOf(name, mac));
  expect(status === 200, `the verdict on ${name} was answered ${status}`);
  return body;
}

/** Asks for the verdict on an actor's NIC, and says it. */
export async function demandEnforced(service: Service, actor: Actor): Promise<void> {
  say('request', `GET ${pathOf(actor.name, actor.mac)}`);
  const { status, rules, findings } = await verdict(service, actor);
  const details = findings.map(({ detail }) => detail).join(' ');
  expect(status === 'enforced', `the verdict on ${actor.name} is ${status}: ${details}`);
  say(
    'verdict',
    `${actor.name} is ${status}: the kernel has its ${rules.length} rules, and nothing before them`,
  );
}

const pathOf = (name: string, mac: string): string => `/v1/vms/${name}/nics/${mac}/enforcement`;

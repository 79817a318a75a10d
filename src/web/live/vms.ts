import { computed, signal } from '@preact/signals';
import type { ServiceEvent } from '../../schemas/event.js';
import { dataOf } from '../api/answer.js';
import { api, type Schemas } from '../api/client.js';
import { touched } from './bus.js';

export type Vm = Schemas['Vm'];

/** All VMs of the host by their UUIDs; undefined until they are known. */
export const vms = signal<ReadonlyMap<string, Vm> | undefined>(undefined);
export const vmList = computed<readonly Vm[]>(() => [...(vms.value?.values() ?? [])]);

export async function readAllVms(): Promise<void> {
  const all = new Map<string, Vm>();
  for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
    const query = { limit: 1000, ...(cursor !== undefined && { cursor }) };
    const { items, nextCursor } = await dataOf(api.GET('/v1/vms', { params: { query } }));
    for (const vm of items) all.set(vm.uuid, vm);
    cursor = nextCursor;
  }
  vms.value = all;
}

/** Reads VMs by their names: as lists, for one that has gone meanwhile is no fault. */
export async function readVms(names: readonly string[]): Promise<void> {
  const read = names.map((name) => dataOf(api.GET('/v1/vms', { params: { query: { name } } })));
  const found = (await Promise.all(read)).flatMap(({ items }) => items);
  const others = vmList.value.filter(({ name }) => !names.includes(name));
  vms.value = new Map([...others, ...found].map((vm) => [vm.uuid, vm]));
}

/** Reads a VM again that the page itself has changed. */
export async function readChanged({ uuid, name }: Vm): Promise<void> {
  await readVms([name]);
  touched(uuid);
}

/** Takes out what an event says has gone, so that nothing is asked about it any more. */
export function takeOut({ type, data }: ServiceEvent): void {
  const vm = 'vm' in data && data.vm !== undefined ? vms.value?.get(data.vm) : undefined;
  if (!vm) return;
  const rest = new Map(vms.value);
  if (type === 'vm.undefined' && data.reason === 'removed') rest.delete(vm.uuid);
  else if (type === 'nic.unplugged' && data.nic !== undefined)
    rest.set(vm.uuid, { ...vm, nics: vm.nics.filter(({ mac }) => mac !== data.nic) });
  else return;
  vms.value = rest;
}

export const nameOf = (uuid: string): string | undefined => vms.value?.get(uuid)?.name;

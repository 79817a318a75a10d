import { computed, signal } from '@preact/signals';
import { dataOf } from '../api/answer.js';
import { api, type Schemas } from '../api/client.js';

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

export const nameOf = (uuid: string): string | undefined => vms.value?.get(uuid)?.name;

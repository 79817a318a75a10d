import { computed, signal } from '@preact/signals';
import { dataOf } from '../api/answer.js';
import { api, type Schemas } from '../api/client.js';
import type { Vm } from './vms.js';

export type HostVerdict = Schemas['HostEnforcement'];
export type Verdict = Schemas['Enforcement'];
export type Status = Verdict['status'];

/** The worst first. */
export const statuses: readonly Status[] = [
  'drifted',
  'unknown',
  'unenforceable',
  'unfiltered',
  'enforced',
  'inactive',
];

export const hostVerdict = signal<HostVerdict | undefined>(undefined);

export async function readHostVerdict(): Promise<void> {
  hostVerdict.value = await dataOf(api.GET('/v1/enforcement'));
}

/** The status of each NIC that is not enforced, by its VM. */
const notEnforced = computed(() => {
  const byVm = new Map<string, Map<string, Status>>();
  for (const { vm, nic, status } of hostVerdict.value?.nics ?? []) {
    const nics = byVm.get(vm) ?? new Map<string, Status>();
    byVm.set(vm, nics.set(nic, status));
  }
  return byVm;
});

/** The worst status of a VM's NICs; undefined where it has none, or nothing is known yet. */
export function statusOf({ uuid, nics }: Vm): Status | undefined {
  if (hostVerdict.value === undefined || nics.length === 0) return undefined;
  const known = notEnforced.value.get(uuid);
  const of = nics.map(({ mac }) => known?.get(mac) ?? 'enforced');
  return statuses.find((status) => of.includes(status));
}

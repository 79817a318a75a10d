import { signal } from '@preact/signals';
import { type Status, statuses, statusOf } from './verdicts.js';
import type { Vm } from './vms.js';

/** A VM as a line of the table. */
export interface VmRow {
  vm: Vm;
  status: Status | undefined;
  macs: string;
  ips: string;
}

/** What is looked for; it stays while one looks at a VM. */
export const wanted = signal({ text: '', verdict: '', state: '' });
export const order = signal({ by: 'Name', ascending: true });

/** The addresses that its NICs' filters let a VM have. */
const ipsOf = ({ nics }: Vm): string =>
  nics
    .flatMap(({ filterParameters }) => filterParameters)
    .filter(({ name }) => name === 'IP' || name === 'IPV6')
    .map(({ value }) => value)
    .join(', ');

const rowOf = (vm: Vm): VmRow => ({
  vm,
  status: statusOf(vm),
  macs: vm.nics.map(({ mac }) => mac).join(', '),
  ips: ipsOf(vm),
});

const compareText = new Intl.Collator('en', { numeric: true }).compare;
/** The worst verdict first; VMs without a NIC last. */
const rank = ({ status }: VmRow): number =>
  status === undefined ? statuses.length : statuses.indexOf(status);

const comparisons: Record<string, (one: VmRow, other: VmRow) => number> = {
  Name: (one, other) => compareText(one.vm.name, other.vm.name),
  State: (one, other) => compareText(one.vm.state, other.vm.state),
  Verdict: (one, other) => rank(one) - rank(other),
  Memory: (one, other) => one.vm.memoryMiB - other.vm.memoryMiB,
  'MAC addresses': (one, other) => compareText(one.macs, other.macs),
  'IP addresses': (one, other) => compareText(one.ips, other.ips),
};

/** The VMs that are looked for, in the order that is wanted. */
export function findVms(all: readonly Vm[]): VmRow[] {
  const { verdict, state } = wanted.value;
  const text = wanted.value.text.trim().toLowerCase();
  const { by, ascending } = order.value;
  const compare = comparisons[by] ?? (() => 0);
  const rows = all
    .filter((vm) => state === '' || vm.state === state)
    .map(rowOf)
    .filter(
      ({ vm, status, macs, ips }) =>
        (verdict === '' || status === verdict) &&
        (text === '' || `${vm.name} ${vm.uuid} ${macs} ${ips}`.toLowerCase().includes(text)),
    )
    .sort((one, other) => compare(one, other) || compareText(one.vm.name, other.vm.name));
  return ascending ? rows : rows.reverse();
}

export function sortBy(column: string): void {
  const { by, ascending } = order.value;
  order.value = { by: column, ascending: by === column ? !ascending : true };
}

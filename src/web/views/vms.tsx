import { useEffect } from 'preact/hooks';
import { may } from '../api/session.js';
import { findVms, order, sortBy, type VmRow, wanted } from '../live/find-vms.js';
import { statuses } from '../live/verdicts.js';
import { vmList, vms } from '../live/vms.js';
import { hrefOf } from '../router.js';
import { StateBadge, StatusBadge } from '../ui/badge.js';
import { Field, Select } from '../ui/field.js';
import { Page } from '../ui/page.js';
import { type Column, VirtualTable } from '../ui/virtual-table.js';

const columns: readonly Column<VmRow>[] = [
  { name: 'Name', cell: ({ vm }) => <a href={hrefOf('vms', vm.uuid)}>{vm.name}</a> },
  { name: 'State', cell: ({ vm }) => <StateBadge state={vm.state} /> },
  { name: 'Verdict', cell: ({ status }) => <StatusBadge status={status} /> },
  { name: 'Memory', wide: true, cell: ({ vm }) => `${vm.memoryMiB.toLocaleString()} MiB` },
  {
    name: 'MAC addresses',
    wide: true,
    width: '11.5rem',
    cell: ({ macs }) => <span title={macs}>{macs}</span>,
  },
  { name: 'IP addresses', wide: true, cell: ({ ips }) => <span title={ips}>{ips}</span> },
];

const states = ['running', 'paused', 'shutoff', 'crashed'];
const choices = (any: string, each: readonly string[]) =>
  [['', any], ...each.map((one) => [one, one] as const)] as const;

/** All VMs of the host; `verdict` is what one has come here to see. */
export function Vms({ verdict }: { verdict?: string }) {
  useEffect(() => {
    if (verdict !== undefined) wanted.value = { text: '', state: '', verdict };
  }, [verdict]);
  const rows = findVms(vmList.value);
  const set = (change: Partial<typeof wanted.value>): void =>
    void (wanted.value = { ...wanted.value, ...change });
  return (
    <Page title="VMs" actions={may('operator') && <a href={hrefOf('new-vm')}>Create a VM</a>}>
      <div class="tools">
        <Field
          label="Search"
          type="search"
          value={wanted.value.text}
          onInput={(text) => set({ text })}
          hint="a name, a UUID, a MAC or IP address, or a part of one"
        />
        <Select
          label="Verdict"
          value={wanted.value.verdict}
          options={choices('any', statuses)}
          onChange={(chosen) => set({ verdict: chosen })}
        />
        <Select
          label="State"
          value={wanted.value.state}
          options={choices('any', states)}
          onChange={(state) => set({ state })}
        />
      </div>
      <p role="status" class="muted">
        {vms.value === undefined
          ? 'Reading the VMs …'
          : `${rows.length.toLocaleString()} of ${vmList.value.length.toLocaleString()} VMs`}
      </p>
      <VirtualTable
        label="VMs"
        columns={columns}
        rows={rows}
        keyOf={({ vm }) => vm.uuid}
        sortedBy={order.value.by}
        ascending={order.value.ascending}
        onSort={sortBy}
      />
    </Page>
  );
}

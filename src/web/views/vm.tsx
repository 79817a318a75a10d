import { useState } from 'preact/hooks';
import { dataOf } from '../api/answer.js';
import { api, type Schemas } from '../api/client.js';
import { may } from '../api/session.js';
import { vmOf } from '../live/events.js';
import { useLive } from '../live/use-live.js';
import { type Vm, vms } from '../live/vms.js';
import { StateBadge } from '../ui/badge.js';
import { Facts, Page } from '../ui/page.js';
import { NicCard } from './nic.js';
import { NotFound } from './not-found.js';
import { PlugNic } from './plug-nic.js';
import { VmActions } from './vm-actions.js';

const diskOf = ({ target, path, pool, volume, device }: Schemas['Disk']): string =>
  `${target ?? device}: ${path ?? [pool, volume].filter(Boolean).join('/')}`;

/** What the guest says of its addresses; asked for by its name as long as it runs. */
function Addresses({ vm }: { vm: Vm }) {
  const { data } = useLive(
    vm.uuid,
    () => dataOf(api.GET('/v1/vms/{vm}/addresses', { params: { path: { vm: vm.uuid } } })),
    (event) => event.type === 'vm.resumed' && vmOf(event) === vm.uuid,
    30_000,
  );
  if (!data || data.items.length === 0) return <span class="muted">none known</span>;
  return data.items.map(({ address, prefix }) => `${address}/${prefix}`).join(', ');
}

const VmFacts = ({ vm }: { vm: Vm }) => (
  <Facts
    facts={[
      ['State', <StateBadge state={vm.state} />],
      ['Memory', `${vm.memoryMiB.toLocaleString()} MiB`],
      ['Processors', vm.vcpus],
      ['Guest addresses', vm.state === 'running' ? <Addresses vm={vm} /> : undefined],
      ['Type', [vm.virtType, vm.arch, vm.machine, vm.firmware].filter(Boolean).join(', ')],
      ['Disks', vm.disks.map(diskOf).join(', ')],
      ['Kernel', vm.boot?.kernel],
      ['Starts with the host', vm.autostart ? 'yes' : 'no'],
      ['UUID', <code>{vm.uuid}</code>],
      ['Description', vm.description],
    ]}
  />
);

/** One VM, and all that is known of its NICs. */
export function VmPage({ uuid }: { uuid: string }) {
  const [plugging, setPlugging] = useState(false);
  const vm = vms.value?.get(uuid);
  if (vms.value === undefined) return <p class="muted">Reading the VMs …</p>;
  if (!vm) return <NotFound what="This VM is not there, or not any more." />;
  return (
    <Page title={vm.name} actions={may('operator') && <VmActions vm={vm} />}>
      <section class="card" aria-label="The VM">
        <VmFacts vm={vm} />
      </section>
      <div class="title">
        <h2>Network interfaces</h2>
        {may('operator') && (
          <button type="button" onClick={() => setPlugging(true)}>
            Plug a NIC
          </button>
        )}
      </div>
      {vm.nics.length === 0 && <p class="muted">It has none.</p>}
      {vm.nics.map((nic) => (
        <NicCard key={nic.mac} vm={vm} nic={nic} />
      ))}
      {plugging && <PlugNic vm={vm} onClose={() => setPlugging(false)} />}
    </Page>
  );
}

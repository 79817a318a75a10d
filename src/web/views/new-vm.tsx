import { useState } from 'preact/hooks';
import { dataOf } from '../api/answer.js';
import { api } from '../api/client.js';
import { newNic, type NicDraft } from '../live/nic-draft.js';
import { newVm, type VmDraft, vmInputOf } from '../live/vm-draft.js';
import { readVms } from '../live/vms.js';
import { goTo } from '../router.js';
import { FailureNote } from '../ui/failure.js';
import { Check, Field } from '../ui/field.js';
import { NicFields } from '../ui/nic-fields.js';
import { Page } from '../ui/page.js';
import { useAction } from '../ui/use-action.js';

type Set = (change: Partial<VmDraft>) => void;

function Nics({ nics, set }: { nics: readonly NicDraft[]; set: Set }) {
  return (
    <>
      {nics.map((nic, i) => (
        <fieldset key={i}>
          <legend>NIC {i + 1}</legend>
          <NicFields draft={nic} onChange={(changed) => set({ nics: nics.with(i, changed) })} />
          <button
            type="button"
            aria-label={`Remove NIC ${i + 1}`}
            onClick={() => set({ nics: nics.filter((one) => one !== nic) })}
          >
            Remove
          </button>
        </fieldset>
      ))}
      <p>
        <button type="button" onClick={() => set({ nics: [...nics, newNic] })}>
          Add a NIC
        </button>
      </p>
    </>
  );
}

const Boot = ({ draft, set }: { draft: VmDraft; set: Set }) => (
  <fieldset>
    <legend>What it boots</legend>
    <div class="fields">
      <Field
        label="Disk image"
        value={draft.disk}
        onInput={(disk) => set({ disk })}
        hint="a path in an allowed directory, or POOL/VOLUME"
      />
      <Field
        label="CD-ROM"
        value={draft.cdrom}
        onInput={(cdrom) => set({ cdrom })}
        hint="an ISO file: a path, or POOL/VOLUME"
      />
    </div>
    <div class="fields">
      <Field
        label="Kernel"
        value={draft.kernel}
        onInput={(kernel) => set({ kernel })}
        hint="to boot one directly"
      />
      <Field label="Initial RAM disk" value={draft.initrd} onInput={(initrd) => set({ initrd })} />
      <Field label="Kernel command line" value={draft.cmdline} onInput={(cmdline) => set({ cmdline })} />
    </div>
  </fieldset>
);

/** A form for a VM. */
export function NewVm() {
  const [draft, setDraft] = useState(newVm);
  const { busy, failure, run } = useAction();
  const set: Set = (change) => setDraft((before) => ({ ...before, ...change }));
  const create = async (): Promise<void> => {
    const vm = await dataOf(api.POST('/v1/vms', { body: vmInputOf(draft) }));
    await readVms([vm.name]);
    goTo('vms', vm.uuid);
  };
  return (
    <Page title="Create a VM">
      <form
        class="card"
        onSubmit={(event) => {
          event.preventDefault();
          run(create);
        }}
      >
        <div class="fields">
          <Field label="Name" required value={draft.name} onInput={(name) => set({ name })} />
          <Field
            label="Memory, MiB"
            type="number"
            required
            value={draft.memory}
            onInput={(memory) => set({ memory })}
          />
          <Field
            label="Processors"
            type="number"
            required
            value={draft.vcpus}
            onInput={(vcpus) => set({ vcpus })}
          />
        </div>
        <Boot draft={draft} set={set} />
        <Nics nics={draft.nics} set={set} />
        <Check checked={draft.start} onChange={(start) => set({ start })}>
          Start it, once its filters are seen in the kernel
        </Check>
        <FailureNote failure={failure} />
        <button type="submit" class="primary" disabled={busy}>
          Create
        </button>
      </form>
    </Page>
  );
}

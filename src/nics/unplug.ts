import type { Domain } from 'node-libvirt';
import { sweepComposed } from '../filtering/composed.js';
import type { VmContext } from '../vms/context.js';
import { journaled } from '../vms/journaled.js';
import { readDomain } from '../xml/domain.js';
import { aliasOf, removeInterface } from '../xml/interface.js';
import { setRecord } from '../xml/metadata.js';
import { changeNics } from './definition.js';
import { demandNotSaved } from './not-saved.js';
import { readDefinition } from './read-definition.js';
import { detachLive } from './detach.js';
import { sameMac } from './find.js';
import { liveInterface } from './live.js';

/** How long a guest may take to let a NIC go, ms. */
const waitMs = 30_000;

/** Whether a VM has this NIC only in its definition or also plugged. */
export const isPlugged = async (domain: Domain, mac: string): Promise<boolean> =>
  (await domain.isActive()) &&
  readDomain(await domain.getXMLDesc()).interfaces.some((nic) => sameMac(nic.mac, mac));

/** Takes a NIC out of the definition, if there is one that has it. @throws Problem, LibvirtError */
async function undefineNic(context: VmContext, domain: Domain, mac: string): Promise<void> {
  if (await domain.isPersistent()) {
    const { record } = readDomain(await readDefinition(domain));
    await changeNics(context, domain, {
      prepare: () => Promise.resolve(),
      edit: (root) => {
        removeInterface(root, mac);
        const nics = record.nics.filter((nic) => !sameMac(nic.mac, mac));
        if (nics.length !== record.nics.length) setRecord(root, { ...record, nics });
      },
    });
  }
  await sweepComposed(context);
}

/**
 * Ends an unplugging that was cut off: where the guest has let the NIC go, the definition does too; where it has not,
 * nothing has changed. The caller holds the VM's lock.
 * @throws Problem, LibvirtError
 */
export async function endUnplug(context: VmContext, domain: Domain, mac: string): Promise<void> {
  if ((await domain.isActive()) && !(await isPlugged(domain, mac))) await undefineNic(context, domain, mac);
}

/**
 * Takes a NIC away: first from the guest, if it runs, and when that is done from the definition. The caller holds
 * the VM's lock.
 * @throws Problem guest-unresponsive when the guest keeps it: nothing has changed then
 */
export async function unplugNic(context: VmContext, domain: Domain, mac: string): Promise<void> {
  if (!(await isPlugged(domain, mac))) {
    await demandNotSaved(domain);
    await undefineNic(context, domain, mac);
    return;
  }
  const alias = aliasOf(await liveInterface(domain, mac)) ?? '';
  await journaled(
    context,
    { kind: 'unplug', vm: domain.uuid, mac },
    async () => {
      await detachLive(context.connection, domain, { alias, mac, waitMs });
      await undefineNic(context, domain, mac);
    },
    () => endUnplug(context, domain, mac),
  );
}

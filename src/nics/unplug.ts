import { type Connection, type Domain, VIR_DOMAIN_AFFECT_LIVE } from 'node-libvirt';
import { Problem } from '../errors.js';
import { sweepComposed } from '../filtering/composed.js';
import type { VmContext } from '../vms/context.js';
import { readDomain } from '../xml/domain.js';
import { aliasOf, removeInterface } from '../xml/interface.js';
import { setRecord } from '../xml/metadata.js';
import { changeDefinition, readDefinition } from './definition.js';
import { liveInterface } from './live.js';

/** How long a guest may take to let a NIC go, ms. */
const releaseMs = 30_000;

type Outcome = 'removed' | 'refused' | 'late';

/** Asks the guest to let the device go, and waits until libvirt says that it is gone. */
async function detachLive(connection: Connection, domain: Domain, alias: string, mac: string): Promise<void> {
  let settle: (outcome: Outcome) => void = () => undefined;
  const outcome = new Promise<Outcome>((resolve) => {
    settle = resolve;
  });
  const listen = (kind: 'deviceRemoved' | 'deviceRemovalFailed', result: Outcome) =>
    connection.domainEventRegister(
      kind,
      (event) => {
        if (event.alias === alias) settle(result);
      },
      domain,
    );
  // registered before it is asked: libvirt's OK means only that the guest was told
  const subscriptions = [
    await listen('deviceRemoved', 'removed'),
    await listen('deviceRemovalFailed', 'refused'),
  ];
  const timer = setTimeout(() => settle('late'), releaseMs);
  try {
    await domain.detachDeviceAlias(alias, VIR_DOMAIN_AFFECT_LIVE);
    const result = await outcome;
    if (result === 'removed') return;
    const why = result === 'late' ? `did not let it go within ${releaseMs / 1000} s` : 'refused to let it go';
    throw new Problem(
      'guest-unresponsive',
      `The guest ${why}: the NIC ${mac} is still plugged, with its filter, and still in the definition.`,
    );
  } finally {
    clearTimeout(timer);
    await Promise.allSettled(subscriptions.map((subscription) => subscription.close()));
  }
}

/** Whether a VM has this NIC only in its definition or also plugged. @throws Problem nic-not-found in plugged() */
export const isPlugged = async (domain: Domain, mac: string): Promise<boolean> =>
  (await domain.isActive()) &&
  readDomain(await domain.getXMLDesc()).interfaces.some((nic) => nic.mac.toLowerCase() === mac.toLowerCase());

/**
 * Takes a NIC away: first from the guest, if it runs, and when that is done from the definition. The caller holds
 * the VM's lock.
 * @throws Problem guest-unresponsive when the guest keeps it: nothing has changed then
 */
export async function unplugNic(context: VmContext, domain: Domain, mac: string): Promise<void> {
  const { connection, locks } = context;
  if (await isPlugged(domain, mac)) {
    const alias = aliasOf(await liveInterface(domain, mac));
    if (alias !== undefined) await detachLive(connection, domain, alias, mac);
  }
  const persistent = await domain.isPersistent();
  await locks.host.runExclusive(async () => {
    if (persistent) {
      const { record } = readDomain(await readDefinition(domain));
      await changeDefinition(context, domain, mac, (root) => {
        removeInterface(root, mac);
        const nics = record.nics.filter((nic) => nic.mac.toLowerCase() !== mac.toLowerCase());
        if (nics.length !== record.nics.length) setRecord(root, { ...record, nics });
      });
    }
    await sweepComposed(connection);
  });
}

import { type Connection, type Domain, VIR_DOMAIN_AFFECT_LIVE } from 'node-libvirt';
import { Problem } from '../errors.js';

type Outcome = 'removed' | 'refused' | 'late' | 'lost';

/**
 * Asks the guest to let a NIC go, and waits until libvirt says that it is gone.
 * @param waitMs how long the guest may take, ms
 * @throws Problem guest-unresponsive: it is still plugged; libvirt-unavailable; LibvirtError
 */
export async function detachLive(
  connection: Connection,
  domain: Domain,
  { alias, mac, waitMs }: { alias: string; mac: string; waitMs: number },
): Promise<void> {
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
  const unlisten = connection.onClose(() => settle('lost'));
  const timer = setTimeout(() => settle('late'), waitMs);
  try {
    await domain.detachDeviceAlias(alias, VIR_DOMAIN_AFFECT_LIVE);
    const result = await outcome;
    if (result === 'removed') return;
    if (result === 'lost') {
      throw new Problem(
        'libvirt-unavailable',
        `The connection to libvirt was lost while the guest was to let the NIC ${mac} go; it may still do so.`,
      );
    }
    const why = result === 'late' ? `did not let it go within ${waitMs / 1000} s` : 'refused to let it go';
    throw new Problem(
      'guest-unresponsive',
      `The guest ${why}: the NIC ${mac} is still plugged, with its filter, and still in the definition.`,
    );
  } finally {
    clearTimeout(timer);
    unlisten();
    await Promise.allSettled(subscriptions.map((subscription) => subscription.close()));
  }
}

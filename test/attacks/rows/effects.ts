import type { Cast, Effect } from '../row.js';

/** The victim's kernel now sends what is for the other's address to another MAC address. */
export const poisons =
  (address: 'ip' | 'ip6', to: 'own' | 'forged') =>
  ({ own, other, forged }: Cast): Effect => ({
    in: 'neighbours',
    address: other[address],
    mac: to === 'own' ? own.mac : forged,
  });

/** The host now sends what is for a MAC address to the attacker's port. */
export const learned = ({ forged }: Cast): Effect => ({ in: 'forwarding-table', mac: forged });

/** The victim now has its default route through the other. */
export const routed = ({ other }: Cast): Effect => ({ in: 'routes', via: other.linkLocal });

import { ethernet } from '../../hosts/index.js';
import { rows } from '../row.js';
import { learned } from './effects.js';

/** What 802.1D keeps between neighbours; 00 goes on where the bridge has no STP, 01 is dropped. */
const linkLocal = ['02', '03', '08', '0d', '0e', '0f'];

/** What deceives the host's bridge itself, or the switches behind it. */
export const bridgeRows = rows({ class: 'bridge', source: 'measured' }, [
  ...linkLocal.map((last) => ({
    name: `bridge-forged-to-link-local-${last}`,
    what: `a forged source MAC in a frame to 01:80:c2:00:00:${last}: what is for that MAC then goes to the attacker`,
    frames: ({ forged }: { forged: string }) =>
      ethernet({ src: forged, dst: `01:80:c2:00:00:${last}`, type: 0x88b5 }),
    effect: learned,
    unseen: true as const,
    beyondNwfilter: 'the bridge keeps such frames and learns from them without asking any filter',
  })),
  {
    name: 'bridge-stp-root',
    what: 'an STP message that claims to be the root of the network',
    frames: ({ own }) =>
      ethernet({
        src: own.mac,
        dst: '01:80:c2:00:00:00',
        payload: Buffer.concat([Buffer.from([0x42, 0x42, 3]), Buffer.alloc(35)]),
      }),
  },
]);

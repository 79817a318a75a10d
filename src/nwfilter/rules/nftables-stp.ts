import type { LookedAt } from './looked-at.js';
import { hexField, joined, type Part, shown } from './nftables-parts.js';

/** A range, which libvirt has the wrong way round: what must be is what must not. */
function outside(at: LookedAt, start: number, bits: number, name: string): Part {
  const hex = (one: string): Part => shown(at, one, {}, true);
  const from = hex(name);
  if (from === undefined) return undefined;
  const to = hex(`${name}-hi`);
  return joined(
    `@nh,${start},${bits}`,
    at.not(name) ? '==' : '!=',
    to === undefined ? from : `${from}-${to}`,
  );
}

/** An address, which libvirt takes for its own mask. */
function address(at: LookedAt, start: number, name: string): Part {
  const text = at.text(name);
  if (text === undefined) return undefined;
  const value = `0x${text.replaceAll(':', '')}`;
  return joined(
    `@nh,${start},48`,
    at.has(`${name}-mask`) ? `& ${value}` : undefined,
    at.not(name) ? '!=' : undefined,
    value,
  );
}

/** What rules of STP look at in the message: nft has no fields of it, and libvirt counts bits. */
export const stp = (at: LookedAt): Part[] => [
  hexField(at, '@nh,48,8', 'type'),
  hexField(at, '@nh,56,8', 'flags'),
  outside(at, 64, 16, 'root-priority'),
  address(at, 80, 'root-address'),
  outside(at, 128, 32, 'root-cost'),
  outside(at, 160, 16, 'sender-priority'),
  address(at, 176, 'sender-address'),
  outside(at, 224, 16, 'port'),
  outside(at, 240, 16, 'age'),
  outside(at, 256, 16, 'max-age'),
  outside(at, 272, 16, 'hello-time'),
  outside(at, 288, 16, 'forward-delay'),
];

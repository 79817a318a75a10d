import type { Schemas } from '../client/index.js';

export const nicHead = ['MAC', 'SOURCE', 'TAP', 'LINK', 'FILTERS', 'SYNCED'];

/** A NIC as a row of a table, under `nicHead`. */
export const nicCells = ({ mac, source, target, linkState, filters, synced }: Schemas['Nic']): string[] => [
  mac,
  [source.type, source.bridge ?? source.network].filter((part) => part !== undefined).join(' '),
  target ?? '-',
  linkState,
  filters.join(',') || '-',
  synced ? 'yes' : 'no',
];

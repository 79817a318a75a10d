import type { Row } from './row.js';
import { arpRows } from './rows/arp.js';
import { bridgeRows } from './rows/bridge.js';
import { dhcpRows } from './rows/dhcp.js';
import { honestRows } from './rows/honest.js';
import { ipv4Rows } from './rows/ipv4.js';
import { ipv6Rows } from './rows/ipv6.js';
import { macRows } from './rows/mac.js';
import { malformedRows } from './rows/malformed.js';
import { ndRows } from './rows/nd.js';
import { rarpRows } from './rows/rarp.js';
import { routerRows } from './rows/router.js';
import { snapRows } from './rows/snap.js';
import { taggedRows } from './rows/tagged.js';
import { uncommonRows } from './rows/uncommon.js';

/** The attack matrix, and the honest traffic that must survive. */
export const allRows: readonly Row[] = [
  ...macRows,
  ...arpRows,
  ...taggedRows,
  ...snapRows,
  ...rarpRows,
  ...malformedRows,
  ...ipv4Rows,
  ...ipv6Rows,
  ...ndRows,
  ...dhcpRows,
  ...routerRows,
  ...bridgeRows,
  ...honestRows,
  ...uncommonRows,
];

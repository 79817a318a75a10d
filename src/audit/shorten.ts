import { createHash } from 'node:crypto';

/** What may stand in the audit log, by its name. What is not named here is left out: a secret is never named here. */
const shown: ReadonlySet<string> = new Set([
  ...[
    'name',
    'uuid',
    'id',
    'mac',
    'type',
    'status',
    'kind',
    'vm',
    'state',
    'start',
    'autostart',
    'persistent',
  ],
  ...['memoryMiB', 'maxMemoryMiB', 'vcpus', 'maxVcpus', 'firmware', 'virtType', 'compatibilityVersion'],
  ...[
    'boot',
    'kernel',
    'initrd',
    'disks',
    'cdrom',
    'path',
    'pool',
    'volume',
    'sizeGiB',
    'format',
    'backing',
    'readOnly',
  ],
  ...['nics', 'source', 'bridge', 'network', 'model', 'target', 'linkState', 'filters', 'filterOrigin'],
  ...['filterParameters', 'items', 'value', 'allowDuplicateMac', 'trust', 'reason', 'expiresAt'],
  ...['chain', 'priority', 'role', 'sha256', 'bytes'],
  ...[
    'EnableMACAntiSpoofingFilterRules',
    'ClusterCompatibilityVersion',
    'DefaultFilters',
    'IngressGuard',
    'reconcile',
  ],
]);

const longestText = 200;
const longestList = 16;
const deepest = 6;

function short(value: unknown, depth: number): unknown {
  if (typeof value === 'string')
    return value.length > longestText ? `${value.slice(0, longestText)}…` : value;
  if (value === null || typeof value !== 'object') return value;
  if (depth === 0) return '…';
  if (Array.isArray(value)) {
    const items = value.slice(0, longestList).map((item) => short(item, depth - 1));
    return value.length > longestList ? [...items, `… ${value.length} in all`] : items;
  }
  const entries = Object.entries(value).filter(([name]) => shown.has(name));
  return Object.fromEntries(entries.map(([name, one]) => [name, short(one, depth - 1)]));
}

/** What of a request, of an answer or of a resource goes into the audit log; of a document its size and hash. */
export function shorten(value: unknown): Record<string, unknown> | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') {
    const sha256 = createHash('sha256').update(value).digest('hex');
    return { bytes: Buffer.byteLength(value), sha256 };
  }
  const found = short(value, deepest);
  const isObject = found !== null && typeof found === 'object' && !Array.isArray(found);
  return isObject && Object.keys(found).length > 0 ? (found as Record<string, unknown>) : undefined;
}

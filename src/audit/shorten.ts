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
    'force',
    'volumes',
    'paused',
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
  ...[
    'destinationUri',
    'destinationUrl',
    'live',
    'postCopy',
    'peerToPeer',
    'tls',
    'copyStorage',
    'replaceFilters',
  ],
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
/** So long may all of it be, characters: nobody is to push the older entries out of the log by a few requests. */
const longest = 4096;

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

const sizeAndHash = (text: string): Record<string, unknown> => ({
  bytes: Buffer.byteLength(text),
  sha256: createHash('sha256').update(text).digest('hex'),
});

/**
 * What of a request, of an answer or of a resource goes into the audit log; of a document its size and hash, and of what is long
 * in spite of all that is left out its plain fields beside these.
 */
export function shorten(value: unknown): Record<string, unknown> | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return sizeAndHash(value);
  const found = short(value, deepest);
  if (found === null || typeof found !== 'object' || Array.isArray(found)) return undefined;
  const fields = Object.entries(found);
  const text = JSON.stringify(found);
  if (text.length <= longest) return fields.length > 0 ? Object.fromEntries(fields) : undefined;
  const plain = fields.filter(([, field]) => field === null || typeof field !== 'object');
  return { ...Object.fromEntries(plain), ...sizeAndHash(text) };
}

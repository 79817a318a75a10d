import fc, { type Arbitrary } from 'fast-check';
import type { Hints } from './arbitrary.js';
import * as names from './names.js';

const one = <T>(...values: T[]): Arbitrary<T> => fc.constantFrom(...values);
const often = <T>(usual: Arbitrary<T>, rare: Arbitrary<T>, times = 4): Arbitrary<T> =>
  fc.oneof({ weight: times, arbitrary: usual }, { weight: 1, arbitrary: rare });

const anyMac = one(...Object.values(names.macs), '52:54:00:f0:00:77', '52:54:00:F0:00:01');
const newMac = fc.integer({ min: 16, max: 255 }).map((last) => `52:54:00:f1:00:${last.toString(16)}`);
const shippedFilters = [
  ...[
    'vdsm-no-mac-spoofing',
    'no-mac-spoofing',
    'no-arp-mac-spoofing',
    'clean-traffic',
    'allow-arp',
    'no-ip-spoofing',
  ],
  ...['virtwarden-strict-ipv4', 'virtwarden-strict'],
];
const anyFilter = one(...Object.values(names.filters), ...names.newFilters, ...shippedFilters, 'nowhere');
const newFilter = often(one(...names.newFilters), one(...Object.values(names.filters)), 6);
const filterList = fc.uniqueArray(often(anyFilter, one('missing'), 12), { maxLength: 3 });
const vm = often(one(...Object.values(names.vms)), one(...names.newNames, 'nobody'), 5);
const path = one(...Object.values(names.files), `${names.poolDir}/${names.volumes.base}`);
const soon = fc.integer({ min: 60, max: 1_000_000 });
const future = soon.map((seconds) => new Date(Date.UTC(2040, 0, 1) + seconds * 1000).toISOString());

const disk = fc.oneof(
  fc.record({ path: one(names.files.disk, names.files.link), format: one('qcow2', 'raw') }),
  fc.record({ pool: one(names.pool), volume: one(...Object.values(names.volumes), 'none.qcow2') }),
  fc.record({ pool: one(names.pool), sizeGiB: one(1, 2), format: one('qcow2', 'raw') }),
  fc.record({
    pool: one(names.pool),
    sizeGiB: one(1, 3),
    backing: fc.record({ pool: one(names.pool), volume: one(names.volumes.base) }),
  }),
);
const source = fc.oneof(
  { weight: 6, arbitrary: one({ type: 'bridge', bridge: names.bridge }) },
  { weight: 2, arbitrary: one({ type: 'network', network: names.network }) },
  { weight: 1, arbitrary: one({ type: 'ethernet' }, { type: 'bridge', bridge: 'br9' }, { type: 'user' }) },
);

/** Values with which requests get further than to a refusal. */
export const hints: Hints = {
  'path.vm': vm,
  'path.mac': anyMac,
  'path.name': anyFilter,
  'path.target': one('vda', 'vdb', 'sda'),
  'path.port': one('vnet0', 'vnet1', 'vnet2', 'vnet9'),
  'path.id': one(names.placeholders.operation, names.placeholders.token),
  'query.wait': one('0', '1'),
  'query.timeout': one('1'),
  'query.limit': one('1', '2', '1000'),
  'query.cursor': one(names.placeholders.cursor),
  'query.name': vm,
  'query.vm': vm,
  'query.IP': one<unknown>('10.0.0.1', ['10.0.0.1', '10.0.0.2']),
  'query.types': one('vm.*', 'nic.*,config.changed'),
  'header.If-Match': one(names.placeholders.etag, names.placeholders.etag, '"stale"', '*'),
  'header.If-None-Match': one(names.placeholders.etag, '"stale", W/"weak"', '*'),
  'header.Idempotency-Key': one('key-1', 'key-2', 'key-3'),
  'VmInput.name': often(one(...names.newNames), one(...Object.values(names.vms).slice(0, 3)), 9),
  'VmPatch.name': one(...names.newNames, ...Object.values(names.vms).slice(0, 3)),
  'VmInput.start': often(one(false), one(true)),
  'TokenInput.name': one(...names.newNames),
  'TokenInput.expiresAt': future,
  'NicTrust.expiresAt': future,
  'NwfilterInput.name': newFilter,
  'NwfilterInput.chain': one('root', 'mac', 'arp-new', 'ipv4'),
  'NwfilterReference.ref': anyFilter,
  'ConfigPatch.DefaultFilters': fc.uniqueArray(one(...shippedFilters), { minLength: 1, maxLength: 2 }),
  'FilterParameter.name': one('IP', 'IPV6', 'DHCPSERVER', 'CTRL_IP_LEARNING'),
  'FilterParameter.value': one('10.0.0.1', '10.0.0.2', 'fe80::1', 'none'),
  'NicInput.mac': often(newMac, anyMac),
  'NicInput.filters': filterList,
  'NicPatch.filters': filterList,
  // what the machine can carry
  memoryMiB: one(16, 64, 96),
  maxMemoryMiB: one(96, 128),
  vcpus: one(1, 2),
  maxVcpus: one(2, 4),
  virtType: one('qemu'),
  compatibilityVersion: one('4.8', '3.1', '4.2'),
  kernel: one(names.files.kernel, names.files.link),
  initrd: one(names.files.initrd),
  cmdline: one(names.cmdline),
  disks: fc.array(disk, { maxLength: 2 }),
  cdrom: fc.oneof(
    fc.record({ path: one(names.files.iso, names.files.disk) }),
    fc.record({ pool: one(names.pool), volume: one(names.volumes.free) }),
  ),
  nics: fc.array(fc.record({ source, mac: newMac }, { requiredKeys: ['source'] }), { maxLength: 2 }),
  source,
  path,
  pool: one(names.pool),
  volume: one(...Object.values(names.volumes)),
  sizeGiB: one(1, 2, 3),
};

import t from 'tap';
import { bytesOf } from '../../src/xml/units.js';
import { parseXml } from '../../src/xml/tree.js';
import { buildVolume, isFileBasedPool, readVolume } from '../../src/xml/volume.js';

t.strictSame(
  readVolume(
    buildVolume({
      name: `a<&'"`,
      capacityBytes: 2 ** 30,
      format: 'qcow2',
      thin: true,
      backing: { path: '/images/base <&>', format: 'raw' },
    }),
  ),
  { type: 'file', format: 'qcow2', capacityBytes: 2 ** 30 },
  'what is built is what is read',
);
t.match(
  buildVolume({ name: 'v', capacityBytes: 1, format: 'raw', thin: true }),
  /<allocation unit="bytes">0</,
);
t.notMatch(
  buildVolume({ name: 'v', capacityBytes: 1, format: 'raw', thin: false }),
  /allocation|backingStore/,
);
t.match(
  buildVolume({
    name: 'v',
    capacityBytes: 1,
    format: 'qcow2',
    thin: true,
    backing: { path: '/b', format: 'qcow2' },
  }),
  /<backingStore><path>\/b<\/path><format type="qcow2"\/><\/backingStore>/,
  'the format of the backing image is said, or libvirt would probe it',
);
t.strictSame(
  readVolume(
    `<volume type='block'><capacity unit='MiB'>3</capacity><target><path>/dev/vg/v</path></target></volume>`,
  ),
  { type: 'block', format: 'raw', capacityBytes: 3 * 2 ** 20, path: '/dev/vg/v' },
);
t.equal(bytesOf(parseXml('<capacity>5</capacity>')), 5);
t.equal(bytesOf(parseXml('<memory>5</memory>'), 'KiB'), 5120);
t.equal(bytesOf(undefined), 0);
for (const [type, files] of Object.entries({
  dir: true,
  fs: true,
  netfs: true,
  logical: false,
  rbd: false,
})) {
  t.equal(isFileBasedPool(`<pool type='${type}'><name>p</name></pool>`), files, type);
}

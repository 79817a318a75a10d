import t from 'tap';
import { wrongHost } from '../../src/enforcement/host.js';
import type { HostVerdicts } from '../../src/enforcement/read.js';
import { ownedChains, surelyLibvirts } from '../../src/kernel/owned-chains.js';
import { ethernet, kernelOf } from '../helpers/native-listing.js';

/** A host with chains of taps that are gone: of libvirt's own table, and in that of ebtables two of somebody's. */
const native = kernelOf(ethernet.replaceAll('vnet9', 'lan'));
const kernel = {
  ...native,
  tables: {
    ...native.tables,
    ebtables: new Map([
      ['I-lan', []],
      ['I-door-mac', []],
    ]),
  },
};
const owned = ownedChains(kernel, []);

await t.test('chains without a VM are found in libvirt’s own tables, whatever the tap was called', (t) => {
  const found = wrongHost({
    host: {
      rules: { catalog: { changed: [] } },
      kernel: { owned, ports: new Map() },
      bindings: new Map(),
      closed: new Set(),
      guards: { found: new Map() },
    },
    vms: [],
  } as unknown as HostVerdicts).flatMap(({ about }) => (about.kind === 'chains' ? about.port : []));
  t.ok(found.includes('lan'));
  t.notOk(found.includes('door'), 'a name that anyone may give is not called libvirt’s');
  t.end();
});

await t.test('what is in the tables of others is left alone when the same tap’s native chains go', (t) => {
  t.strictSame(
    surelyLibvirts('lan', owned.get('lan') ?? []).map(({ table, chain }) => [table, chain]),
    [['libvirt_nwfilter_ethernet', 'lan-in']],
  );
  t.end();
});

import type { Connection } from 'node-libvirt';
import t from 'tap';
import { createVm } from '../../src/vms/create.js';
import { filterHost, kernelWith } from '../helpers/filter-host.js';
import { saved } from '../helpers/kernel-rules.js';

const mac = '52:54:00:aa:bb:01';
const input = {
  name: 'new',
  memoryMiB: 64,
  nics: [{ mac, source: { type: 'network' as const, network: 'default' } }],
};
/** The test driver's name for the tap of such a NIC. */
const rules = saved.replaceAll('vnet0', 'testnet0');

async function vmNames(connection: Connection): Promise<string[]> {
  return (await connection.getAllDomainsXML()).map(({ name }) => name).sort();
}

await t.test('a VM is defined with the filter on each NIC, and does not run unless asked to', async (t) => {
  const context = await filterHost(t);
  const nics = [...input.nics, { source: { type: 'ethernet' as const } }];
  const vm = await createVm(context, { ...input, nics, description: '<b>', autostart: true });
  t.match(vm, { name: 'new', description: '<b>', state: 'shutoff', persistent: true, autostart: true });
  t.match(vm.nics, [
    { mac, filters: ['vdsm-no-mac-spoofing'] },
    { mac: /^52:54:00:/, filters: ['vdsm-no-mac-spoofing'] },
  ]);
  t.match(vm.createdAt, /^\d{4}-.*Z$/);
  await using domain = await context.connection.lookupDomainByName('new');
  await domain.undefine();
});

await t.test('it runs once its filter is seen in the kernel', async (t) => {
  const context = await filterHost(t);
  kernelWith(t, rules);
  const vm = await createVm(context, { ...input, start: true });
  t.match(vm, { state: 'running', nics: [{ target: 'testnet0' }] });
  await using domain = await context.connection.lookupDomainByName('new');
  await domain.destroy();
  await domain.undefine();
});

await t.test('a VM whose filter is not in the kernel is not kept', async (t) => {
  const context = await filterHost(t);
  kernelWith(t, rules.replace('-A PREROUTING', '-A OUTPUT'));
  await t.rejects(createVm(context, { ...input, start: true }), {
    type: 'filter-not-enforced',
    status: 422,
    message:
      'The VM was not let run: No rule "-i testnet0 -j libvirt-I-testnet0" leads frames of testnet0 from the chain PREROUTING of ebtables to their filter.',
  });
  t.strictSame(await vmNames(context.connection), ['test']);
});

await t.test('nor is one whose filter libvirt dropped', async (t) => {
  const context = await filterHost(t, {
    domain: (real) => ({
      getXMLDesc: async (flags) => (await real.getXMLDesc(flags)).replace(/<filterref[^>]*>/, ''),
    }),
  });
  await t.rejects(createVm(context, input), { type: 'filter-not-enforced', message: mac });
  t.strictSame(await vmNames(context.connection), ['test']);
});

const refused: [what: string, change: object, problem: { type: string; errors: { path: string }[] }][] = [
  ['a name that is taken', { name: 'test' }, { type: 'vm-name-taken', errors: [{ path: '/name' }] }],
  [
    'a name like a UUID',
    { name: '11111111-1111-4111-8111-111111111111' },
    { type: 'invalid-request', errors: [{ path: '/name' }] },
  ],
  [
    'a MAC that is taken',
    { nics: [{ ...input.nics[0], mac: 'aa:bb:cc:dd:ee:ff' }] },
    { type: 'mac-in-use', errors: [{ path: '/nics/0/mac' }] },
  ],
  [
    'a bridge that is not there',
    { nics: [{ source: { type: 'bridge', bridge: 'no-such-bridge' } }] },
    { type: 'source-not-found', errors: [{ path: '/nics/0/source/bridge' }] },
  ],
  [
    'a NIC that cannot be filtered',
    { nics: [...input.nics, { source: { type: 'direct' } }] },
    { type: 'nic-unfilterable', errors: [{ path: '/nics/1/source/type' }] },
  ],
  [
    'a disk that is not there',
    { disks: [{ pool: 'default-pool', volume: 'missing' }] },
    { type: 'volume-not-found', errors: [{ path: '/disks/0/volume' }] },
  ],
  [
    'a kernel elsewhere',
    { boot: { kernel: '/etc/passwd' } },
    { type: 'path-not-allowed', errors: [{ path: '/boot/kernel' }] },
  ],
];
for (const [what, change, problem] of refused) {
  await t.test(`${what} leaves no VM behind`, async (t) => {
    const context = await filterHost(t);
    await t.rejects(createVm(context, { ...input, ...change }), problem);
    t.strictSame(await vmNames(context.connection), ['test']);
  });
}

await t.test('without the base filters no VM is defined', async (t) => {
  const context = await filterHost(t, {
    connection: () => ({ listAllNWFilters: () => Promise.resolve([]) }),
  });
  await t.rejects(createVm(context, input), { type: 'filters-missing', message: /no-mac-spoofing/ });
  t.strictSame(await vmNames(context.connection), ['test']);
});

await t.test('of two that want one MAC at the same time one gets it', async (t) => {
  const context = await filterHost(t);
  const results = await Promise.allSettled([
    createVm(context, input),
    createVm(context, { ...input, name: 'other' }),
  ]);
  t.strictSame(results.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
  t.match(
    results.find(({ status }) => status === 'rejected'),
    { reason: { type: 'mac-in-use' } },
  );
  t.equal((await vmNames(context.connection)).length, 2);
  for (const domain of await context.connection.listAllDomains()) {
    if (domain.name !== 'test') await domain.undefine();
  }
});

import { type Connection, type Domain, VIR_DOMAIN_PAUSED, VIR_DOMAIN_XML_INACTIVE } from 'node-libvirt';
import t, { type Test } from 'tap';
import { startVm } from '../../src/vms/start.js';
import { readDomain } from '../../src/xml/domain.js';
import { type Faults, filterHost, kernelWith } from '../helpers/filter-host.js';
import { saved } from '../helpers/kernel-rules.js';

const mac = '52:54:00:aa:bb:01';
/** The test driver's name for the tap of a NIC on a network. */
const rules = saved.replaceAll('vnet0', 'testnet0');

function xml(filterref: string, type = 'network', source = `<source network='default'/>`): string {
  return `<domain type='test'><name>vm</name><memory unit='MiB'>64</memory><os><type>hvm</type></os><devices>
    <interface type='${type}'><mac address='${mac}'/>${source}${filterref}</interface></devices></domain>`;
}
const filtered = `<filterref filter='vdsm-no-mac-spoofing'/>`;

/** A VM that is shut off, as it may have come from elsewhere; gone at the end. */
async function vm(t: Test, description: string, faults: Faults = {}) {
  const context = await filterHost(t, faults);
  const domain = await context.connection.domainDefineXMLFlags(description);
  t.teardown(async () => {
    if (await domain.isActive()) await domain.destroy();
    await domain.undefine();
  });
  return { context, domain };
}

const filters = async (domain: Domain): Promise<(string | undefined)[]> =>
  readDomain(await domain.getXMLDesc(VIR_DOMAIN_XML_INACTIVE)).interfaces.map(({ filter }) => filter);

await t.test('the guest runs once the kernel was seen to have its filter, and not before', async (t) => {
  const seen: string[] = [];
  const { context, domain } = await vm(t, xml(filtered), {
    domain: (real) => ({
      resume: async () => {
        seen.push((await real.getState()).state === VIR_DOMAIN_PAUSED ? 'paused' : 'runs already');
        await real.resume();
      },
    }),
  });
  kernelWith(t, rules);
  await startVm(context, domain);
  t.strictSame(seen, ['paused']);
  t.not((await domain.getState()).state, VIR_DOMAIN_PAUSED);
});

await t.test('a NIC that came without a filter gets it', async (t) => {
  const { context, domain } = await vm(t, xml(''));
  kernelWith(t, rules);
  await startVm(context, domain);
  t.strictSame(await filters(domain), ['vdsm-no-mac-spoofing']);
  t.equal(await domain.isActive(), true);
});

const kernels: Record<string, string> = {
  'no rules': '*nat\n',
  'rules for another MAC': rules.replaceAll('bb:01', 'bb:02'),
  'rules that something else comes before': rules.replace('-A PRE', '-A PREROUTING -j ACCEPT\n-A PRE'),
};
for (const [what, kernel] of Object.entries(kernels)) {
  await t.test(`a kernel with ${what}: the guest has not run, and is off`, async (t) => {
    const { context, domain } = await vm(t, xml(filtered), {
      domain: () => ({ resume: () => Promise.reject(new Error('the guest was let run')) }),
    });
    kernelWith(t, kernel);
    await t.rejects(startVm(context, domain), { type: 'filter-not-enforced', message: /was not let run/ });
    t.equal(await domain.isActive(), false);
  });
}

await t.test('a kernel that cannot be read is no kernel that has the filter', async (t) => {
  const { context, domain } = await vm(t, xml(filtered));
  kernelWith(t, undefined);
  await t.rejects(startVm(context, domain), { type: 'kernel-unreadable', message: /not installed/ });
  t.equal(await domain.isActive(), false);
});

await t.test('a guest that cannot be resumed is off', async (t) => {
  const { context, domain } = await vm(t, xml(filtered), {
    domain: () => ({ resume: () => Promise.reject(new Error('no resume')) }),
  });
  kernelWith(t, rules);
  await t.rejects(startVm(context, domain), { message: 'no resume' });
  t.equal(await domain.isActive(), false);
});

await t.test('a NIC with another filter is not let run as if it had this one', async (t) => {
  const { context, domain } = await vm(t, xml(`<filterref filter='clean-traffic'/>`));
  kernelWith(t, rules);
  await t.rejects(startVm(context, domain), { type: 'filter-not-enforced', message: /I-testnet0-ipv4/ });
  t.strictSame(await filters(domain), ['clean-traffic'], 'and keeps it');
});

await t.test('without the base filters it is not started', async (t) => {
  const none = (): Partial<Connection> => ({ listAllNWFilters: () => Promise.resolve([]) });
  const { context, domain } = await vm(t, xml(filtered), { connection: none });
  kernelWith(t, rules);
  await t.rejects(startVm(context, domain), { type: 'filters-missing', message: /no-mac-spoofing/ });
  t.equal(await domain.isActive(), false);
});

await t.test('a VM that runs is left alone', async (t) => {
  const { context, domain } = await vm(t, xml(filtered));
  await domain.create();
  await t.rejects(startVm(context, domain), { type: 'vm-state-conflict', message: /active already/ });
  t.equal(await domain.isActive(), true);
});

await t.test('an Open vSwitch port is not taken for one that the kernel filters', async (t) => {
  const port = `<source bridge='ovs0'/><virtualport type='openvswitch'/>`;
  const { context, domain } = await vm(t, xml('', 'bridge', port));
  kernelWith(t, rules);
  await startVm(context, domain).catch(() => undefined);
  t.strictSame(await filters(domain), [undefined], 'it is given no filter that would do nothing');
});

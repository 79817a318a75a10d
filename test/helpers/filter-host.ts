import { readFileSync } from 'node:fs';
import { Connection, type Domain, type NWFilter } from 'node-libvirt';
import type { Test } from 'tap';
import { DropCounter } from '../../src/drops/counter.js';
import { readShippedFilters, ShippedFilters } from '../../src/filtering/shipped.js';
import type { VmContext } from '../../src/vms/context.js';
import { defaultPolicy } from '../../src/schemas/config.js';
import { noJournal } from '../../src/state/journal.js';
import { fakeNetlink } from './fake-netlink.js';
import { fakeTools } from './fake-tools.js';
import { VmLocks } from '../../src/vms/locks.js';

const platform = `<domainCapabilities><path>/usr/bin/test-hv</path><domain>test</domain>
  <machine>q35</machine><arch>i686</arch></domainCapabilities>`;
const stock = ['no-mac-spoofing', 'no-arp-mac-spoofing'].map((name) => ({
  name,
  xml: readFileSync(`/usr/share/libvirt/nwfilter/${name}.xml`, 'utf8'),
}));
const filters = [...stock, ...readShippedFilters()];

const cleanTraffic = `<filter name='clean-traffic' chain='ipv4'><rule action='drop' direction='out'><ip/></rule></filter>`;

const filterHandle = (name: string): NWFilter =>
  ({ name, close: () => Promise.resolve() }) as Partial<NWFilter> as NWFilter;

/** An object with some of its members replaced; the others are its own. */
function overlay<T extends object>(target: T, replaced: Partial<T>): T {
  return new Proxy(target, {
    get: (_, name) => {
      const value: unknown = Reflect.get(name in replaced ? replaced : target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

/** The test driver starts no domain paused and has no NVRAM to remove. */
function wholeDomain(real: Domain, changes: Partial<Domain>): Domain {
  return overlay(real, {
    create: async () => {
      await real.create();
      await real.suspend();
    },
    undefine: () => real.undefine(),
    ...changes,
  });
}

/** What is to go otherwise than on a good host. */
export interface Faults {
  connection?: (real: Connection) => Partial<Connection>;
  domain?: (real: Domain) => Partial<Domain>;
}

/**
 * Libvirt's test driver and what it lacks: filters, a guest's platform, a start that leaves the guest paused.
 * Everything else is the real one, but for the faults of a test.
 */
export async function filterHost(t: Test, faults: Faults = {}): Promise<VmContext> {
  const real = await Connection.open('test:///default');
  t.teardown(() => real.close());
  const whole = (domain: Domain): Domain => wholeDomain(domain, faults.domain?.(domain) ?? {});
  const connection = overlay<Connection>(real, {
    getDomainCapabilities: () => Promise.resolve(platform),
    listAllNWFilters: () => Promise.resolve(filters.map(({ name }) => filterHandle(name))),
    getAllNWFiltersXML: () =>
      Promise.resolve([
        ...filters.map(({ name, xml }) => ({ name, uuid: '', xml })),
        { name: 'clean-traffic', uuid: '', xml: cleanTraffic },
      ]),
    getAllNWFilterBindingsXML: () => Promise.resolve([]),
    domainDefineXMLFlags: async (xml, flags) => whole(await real.domainDefineXMLFlags(xml, flags)),
    lookupDomainByUUIDString: async (uuid) => whole(await real.lookupDomainByUUIDString(uuid)),
    ...faults.connection?.(real),
  });
  return {
    connection,
    filters: new ShippedFilters(),
    locks: new VmLocks(),
    policy: defaultPolicy,
    journal: noJournal,
    imageDirs: ['/var/lib/libvirt/images'],
    ownPaths: [],
    mayTrust: false,
    drops: new DropCounter(),
    events: { publish: () => undefined },
    log: {
      error: (details, message) => t.fail(message, details),
      warn: () => undefined,
    },
  };
}

/** A tap on a bridge, as `ip -j -d link` has it. */
const bridged = (ifname: string): object => ({
  ifname,
  flags: ['UP'],
  master: 'virbr0',
  linkinfo: { info_kind: 'tun', info_slave_kind: 'bridge' },
});

const says = (text: string): string => `cat <<'END'\n${text}\nEND`;

/** A kernel with these rules instead of the machine's own; undefined: none that can be read. */
export function kernelWith(t: Test, saved: string | undefined): void {
  const links = JSON.stringify(['testnet0', 'testnet1'].map((ifname) => bridged(ifname)));
  const nothing = { 'iptables-save': '', 'ip6tables-save': '', nft: '' };
  fakeNetlink(t);
  fakeTools(t, saved === undefined ? {} : { ...nothing, 'ebtables-save': says(saved), ip: says(links) });
}

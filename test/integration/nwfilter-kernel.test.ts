import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import t from 'tap';
import { filterFromJson } from '../../src/nwfilter/from-json.js';
import { filterFromLibvirt, filterFromXml } from '../../src/nwfilter/from-xml.js';
import { isSameFilter } from '../../src/nwfilter/same.js';
import { filterToXml } from '../../src/nwfilter/to-xml.js';
import { startHost } from '../hosts/index.js';
import { arbitraryFilter, arbitraryRule } from '../nwfilter/arbitrary.js';
import { handmade, withSets, xmlOf } from '../nwfilter/handmade.js';

const host = await startHost();
t.teardown(() => host.stop());

const port = 'port0';
await host.run('ip', ['tuntap', 'add', port, 'mode', 'tap']);
await host.run('ip', ['link', 'set', port, 'master', 'br0', 'up']);

const define = (xml: string) => host.virshXml(xml, 'nwfilter-define', '--validate', '@');
const shown = (name: string) => host.virsh('nwfilter-dumpxml', name);

/** The port's rules in the kernel, for frames and for packets, without counters. */
async function kernelRules(): Promise<string[]> {
  const saves = ['ebtables-save', 'iptables-save', 'ip6tables-save'].map((command) => host.run(command));
  const lines = (await Promise.all(saves)).flatMap((text, i) =>
    text.split('\n').map((line) => `${i} ${line}`),
  );
  return lines.filter((line) => line.includes(port));
}

/** The rules that a filter gives the port. */
async function rulesOf(filter: string, parameters: Record<string, string[]>): Promise<string[]> {
  const given = Object.entries(parameters).flatMap(([name, values]) =>
    values.map((value) => `<parameter name='${name}' value='${value}'/>`),
  );
  const binding = `<filterbinding>
    <owner><name>vm</name><uuid>11111111-2222-3333-4444-555555555555</uuid></owner>
    <portdev name='${port}'/><mac address='52:54:00:00:00:01'/>
    <filterref filter='${filter}'>${given.join('')}</filterref></filterbinding>`;
  await host.virshXml(binding, 'nwfilter-binding-create', '@');
  try {
    return await kernelRules();
  } finally {
    await host.virsh('nwfilter-binding-delete', port);
  }
}

/** XML → JSON → XML, as a client would have it done. */
function throughJson(xml: string, name: string): string {
  const { uuid: _, ...filter } = filterFromXml(xml);
  return filterToXml(filterFromJson(JSON.parse(JSON.stringify({ ...filter, name }))));
}

const undefine = async (...names: string[]) => {
  for (const name of names) await host.virsh('nwfilter-undefine', name);
};

for (const [what, filter] of Object.entries(handmade)) {
  await t.test(`the kernel has the same rules: ${what}`, async (t) => {
    await define(xmlOf('given', filter));
    t.teardown(() => undefine('given', 'through'));
    await define(throughJson(xmlOf('given', filter), 'through'));
    const given = await rulesOf('given', filter.parameters ?? {});
    t.strictSame(await rulesOf('through', filter.parameters ?? {}), given);
    t.equal(given.length > 0, filter.body !== '', 'and there are some');
  });
}

const stock = '/usr/share/libvirt/nwfilter/';
const parameters = {
  IP: ['10.0.0.1'],
  IPV6: ['fe80::1'],
  DHCPSERVER: ['10.0.0.2'],
  GATEWAY_MAC: ['52:54:00:00:00:09'],
};
for (const file of readdirSync(stock)) {
  await t.test(`the kernel has the same rules: ${file}`, async (t) => {
    const name = file.replace(/\.xml$/, '');
    const ipv6Server = name === 'allow-dhcpv6-server' ? { DHCPSERVER: ['fe80::2'] } : {};
    await define(throughJson(readFileSync(stock + file, 'utf8'), 'through'));
    t.teardown(() => undefine('through'));
    const given = await rulesOf(name, { ...parameters, ...ipv6Server });
    t.strictSame(await rulesOf('through', { ...parameters, ...ipv6Server }), given);
    t.ok(given.length > 0);
  });
}

await t.test('libvirt keeps rules with an ipset as they are', async (t) => {
  for (const [what, filter] of Object.entries(withSets)) {
    await define(xmlOf('sets', filter));
    const given = filterFromXml(xmlOf('sets', filter));
    t.ok(isSameFilter(filterFromLibvirt(await shown('sets')), given), what);
    await define(throughJson(await shown('sets'), 'through'));
    t.ok(isSameFilter(filterFromLibvirt(await shown('through')), { ...given, name: 'through' }));
    await undefine('sets', 'through');
  }
});

await t.test('what the service takes, libvirt takes and keeps to the letter', async (t) => {
  // in one filter each: libvirt is asked once for many rules
  const entries = fc.array(arbitraryRule, { minLength: 60, maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(arbitraryFilter(), entries, async (filter, rules) => {
      const asked = { ...filter, name: 'any', entries: rules };
      await define(filterToXml(asked));
      const kept = filterFromLibvirt(await shown('any'));
      await undefine('any');
      return isSameFilter(kept, filterFromXml(filterToXml(asked)));
    }),
    { numRuns: 25 },
  );
  t.pass();
});

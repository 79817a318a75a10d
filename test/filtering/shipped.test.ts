import { type Connection, LibvirtError, type NWFilter, VIR_ERR_INTERNAL_ERROR } from 'node-libvirt';
import { VIR_ERR_NO_NWFILTER, VIR_FROM_NWFILTER, VIR_NWFILTER_DEFINE_VALIDATE } from 'node-libvirt';
import t from 'tap';
import {
  type DefineResult,
  inOrderOfReference,
  readShippedFilters,
  ShippedFilters,
} from '../../src/filtering/shipped.js';
import { filterName, withUuid } from '../../src/xml/nwfilter.js';

const name = 'vdsm-no-mac-spoofing';
const uuid = '11111111-2222-3333-4444-555555555555';
const base = { 'no-mac-spoofing': '<filter/>', 'no-arp-mac-spoofing': '<filter/>' };
const all = readShippedFilters();
const shipped = all.find((filter) => filter.name === name)?.xml ?? '';
/** What is done with each, where it is the same with all but one. */
const results = (rest: DefineResult, one: DefineResult) => ({
  ...Object.fromEntries(all.map((filter) => [filter.name, rest])),
  [name]: one,
});
/** A host that has all shipped filters, this one as given. */
const hostWith = (xml: string) =>
  new FilterHost({
    ...base,
    ...Object.fromEntries(all.map((filter) => [filter.name, filter.xml])),
    [name]: xml,
  });

/** Filters of a host that has no libvirt: the test driver has none. */
class FilterHost {
  readonly defined: { xml: string; flags: number }[] = [];
  readonly filters: Map<string, string>;
  lookupError: number = VIR_ERR_NO_NWFILTER;

  constructor(filters: Record<string, string>) {
    this.filters = new Map(Object.entries(filters));
  }

  #handle(name: string): Partial<NWFilter> {
    const getXMLDesc = () => Promise.resolve(this.filters.get(name) ?? '');
    const close = () => Promise.resolve();
    return { name, uuid, getXMLDesc, close, [Symbol.asyncDispose]: close };
  }

  get connection(): Connection {
    const calls = {
      listAllNWFilters: () => Promise.resolve([...this.filters.keys()].map((name) => this.#handle(name))),
      lookupNWFilterByName: (name: string) =>
        this.filters.has(name)
          ? Promise.resolve(this.#handle(name))
          : Promise.reject(
              new LibvirtError('no filter', {
                code: this.lookupError,
                domain: VIR_FROM_NWFILTER,
                level: 2,
                call: 'virNWFilterLookupByName',
              }),
            ),
      nwfilterDefineXMLFlags: (xml: string, flags: number) => {
        this.defined.push({ xml, flags });
        this.filters.set(filterName(xml), xml);
        return Promise.resolve(this.#handle(filterName(xml)));
      },
    };
    return calls as unknown as Connection;
  }
}

await t.test('the filter is made of the two of libvirt, in oVirt’s order', (t) => {
  t.match(
    readShippedFilters().find((filter) => filter.name === name),
    { references: ['no-mac-spoofing', 'no-arp-mac-spoofing'] },
  );
  t.end();
});

await t.test('each comes after those that it refers to', (t) => {
  const filter = (name: string, references: string[] = []) => ({ name, xml: '', references });
  const order = (...filters: ReturnType<typeof filter>[]) =>
    inOrderOfReference(filters).map(({ name }) => name);
  t.strictSame(order(filter('a', ['c', 'base']), filter('b'), filter('c', ['b'])), ['b', 'c', 'a']);
  for (const { name, references } of all) {
    const later = all.slice(all.findIndex((filter) => filter.name === name)).map((filter) => filter.name);
    t.notOk(
      references.some((reference) => later.includes(reference)),
      name,
    );
  }
  t.end();
});

await t.test('a filter that is not there is defined, with validation', async (t) => {
  const host = new FilterHost(base);
  t.strictSame(await new ShippedFilters().define(host.connection), results('defined', 'defined'));
  t.strictSame(
    host.defined,
    all.map(({ xml }) => ({ xml, flags: VIR_NWFILTER_DEFINE_VALIDATE })),
  );
});

await t.test('one that differs is brought back under its UUID', async (t) => {
  const open = `<filter name='${name}' chain='root'><uuid>${uuid}</uuid></filter>`;
  const host = hostWith(open);
  t.strictSame(await new ShippedFilters().define(host.connection), results('unchanged', 'updated'));
  t.strictSame(host.defined, [{ xml: withUuid(shipped, uuid), flags: VIR_NWFILTER_DEFINE_VALIDATE }]);
});

await t.test('one that says the same is not touched', async (t) => {
  const host = hostWith(withUuid(shipped, uuid));
  t.strictSame(await new ShippedFilters().define(host.connection), results('unchanged', 'unchanged'));
  t.strictSame(host.defined, []);
});

for (const missing of Object.keys(base) as (keyof typeof base)[]) {
  await t.test(`without ${missing} nothing is defined, and the sentence helps`, async (t) => {
    const host = new FilterHost(base);
    host.filters.delete(missing);
    const problem = { type: 'filters-missing', status: 503, message: missing };
    const help = { message: 'libvirt-daemon-config-nwfilter' };
    await t.rejects(new ShippedFilters().define(host.connection), problem);
    await t.rejects(new ShippedFilters().demand(host.connection), problem);
    await t.rejects(new ShippedFilters().demand(host.connection), help);
    t.strictSame(host.defined, []);
  });
}

await t.test('a look-up that fails otherwise is not taken for “not there”', async (t) => {
  const host = new FilterHost(base);
  host.lookupError = VIR_ERR_INTERNAL_ERROR;
  await t.rejects(new ShippedFilters().define(host.connection), { code: VIR_ERR_INTERNAL_ERROR });
  t.strictSame(host.defined, []);
});

await t.test('one that vanished comes back when it is needed', async (t) => {
  const host = new FilterHost(base);
  await new ShippedFilters().demand(host.connection);
  t.ok(host.filters.has(name));
});

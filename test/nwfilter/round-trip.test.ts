import { readdirSync, readFileSync } from 'node:fs';
import AjvCompiler from 'ajv/dist/2020.js';
import fc from 'fast-check';
import t from 'tap';
import { filterFromJson } from '../../src/nwfilter/from-json.js';
import { filterFromXml } from '../../src/nwfilter/from-xml.js';
import { isSameFilter } from '../../src/nwfilter/same.js';
import { filterToXml } from '../../src/nwfilter/to-xml.js';
import { openapiDocument } from '../../src/openapi.js';
import { arbitraryFilter } from './arbitrary.js';
import { handmade, withSets, xmlOf } from './handmade.js';

const stock = '/usr/share/libvirt/nwfilter/';
const overTheWire = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** Whether the OpenAPI document takes a body. */
async function documented(): Promise<(body: unknown) => boolean> {
  const { components } = JSON.parse(await openapiDocument()) as { components: object };
  const ajv = new AjvCompiler.default({ discriminator: true, strict: false, validateFormats: false });
  ajv.addSchema({ $id: 'api', components });
  return (body) => ajv.validate({ $ref: 'api#/components/schemas/NwfilterInput' }, body);
}
const isDocumented = await documented();

for (const [name, filter] of Object.entries({ ...handmade, ...withSets })) {
  await t.test(`by hand: ${name}`, (t) => {
    const read = filterFromXml(xmlOf('x', filter));
    t.strictSame(filterFromJson(overTheWire(read)), read, 'through JSON');
    t.strictSame(filterFromXml(filterToXml(read)), read, 'through XML');
    t.ok(isDocumented(overTheWire(read)), 'as the document says');
    t.end();
  });
}

await t.test('every stock filter', (t) => {
  for (const file of readdirSync(stock)) {
    const read = filterFromXml(readFileSync(stock + file, 'utf8'));
    t.strictSame(filterFromJson(overTheWire(read)), read, file);
    t.strictSame(filterFromXml(filterToXml(read)), read);
    t.ok(isDocumented(overTheWire(read)));
  }
  t.end();
});

await t.test('values are kept as libvirt spells them, whichever way they are given', (t) => {
  const given = {
    name: 'x',
    entries: [
      {
        action: 'drop',
        direction: 'out',
        protocol: 'tcp-ipv6',
        match: { srcmacaddr: 'AA:b:cc:dd:ee:ff', srcipaddr: '::0:0:1.2.3.4' },
      },
      { action: 'drop', direction: 'out', protocol: 'mac', match: { protocolid: 2054 } },
    ],
  };
  t.match(filterFromJson(given).entries, [
    { match: { srcmacaddr: 'aa:0b:cc:dd:ee:ff', srcipaddr: '::102:304' } },
    { match: { protocolid: 'arp' } },
  ]);
  t.end();
});

await t.test('any filter: JSON → XML → JSON says the same, and the document allows it', (t) => {
  fc.assert(
    fc.property(arbitraryFilter(), (filter) => {
      const read = filterFromJson(overTheWire(filter));
      const back = filterFromXml(filterToXml(read));
      return (
        isDocumented(overTheWire(filter)) &&
        isSameFilter(filterFromXml(filterToXml(back)), back) &&
        isSameFilter(filterFromJson(overTheWire(back)), back)
      );
    }),
    { numRuns: 500 },
  );
  t.end();
});

import fc, { type Arbitrary } from 'fast-check';
import { canaryDir, filters, newFilters } from '../names.js';
import { hostileText } from './hostile-texts.js';

const name = fc.constantFrom(...newFilters, ...Object.values(filters));
const filter = (name: string, inside: string, attributes = ''): string =>
  `<filter name='${name}' chain='root'${attributes}>${inside}</filter>`;

const inside = fc.constantFrom(
  '',
  "<filterref filter='allow-arp'/>",
  "<rule action='drop' direction='out' priority='500'><mac match='no' srcmacaddr='$MAC'/></rule>",
  "<rule action='accept' direction='in'><tcp dstportstart='80' state='NEW,ESTABLISHED'/></rule>",
  "<rule action='drop' direction='inout'><all-ipv6/></rule><rule action='accept' direction='out'><arp opcode='1'/></rule>",
);

/** A filter in libvirt's XML that the service takes, by a name of the fuzz. */
export const validXml: Arbitrary<string> = fc
  .tuple(name, inside)
  .map(([name, inside]) => filter(name, inside));

const laughs = Array.from({ length: 12 }, (_none, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`).join(
  '',
);
const depths = fc.constantFrom(10, 100, 1000, 10_000, 30_000);

/** Documents that have opened something in other software. */
export const hostileXml: Arbitrary<string> = fc.oneof(
  name.map(
    (name) => `<!DOCTYPE filter [<!ENTITY x SYSTEM "file://${canaryDir}/secret">]>${filter(name, '&x;')}`,
  ),
  name.map((name) => `<!DOCTYPE filter [<!ENTITY l0 "lol">${laughs}]>${filter(name, '&l12;')}`),
  name.map((name) =>
    filter(name, `<xi:include xmlns:xi='http://www.w3.org/2001/XInclude' href='${canaryDir}/secret'/>`),
  ),
  fc
    .tuple(depths, name)
    .map(([depth, name]) => filter(name, '<rule>'.repeat(depth) + '</rule>'.repeat(depth))),
  depths.map((depth) => '<filter>'.repeat(depth)),
  fc
    .tuple(depths, name)
    .map(([count, name]) => filter(name, "<filterref filter='allow-arp'/>".repeat(count))),
  fc
    .tuple(name, depths)
    .map(([name, count]) =>
      filter(name, '', Array.from({ length: count }, (_none, i) => ` a${i}=''`).join('')),
    ),
  fc.tuple(hostileText, inside).map(([text, inside]) => filter(text, inside)),
  fc.tuple(name, hostileText).map(([name, text]) => filter(name, text)),
  fc
    .tuple(name, hostileText)
    .map(([name, text]) =>
      filter(name, `<rule action='drop' direction='out'><mac srcmacaddr='${text}'/></rule>`),
    ),
  fc
    .tuple(name, hostileText)
    .map(([name, text]) =>
      filter(name, `<rule action='drop' direction='out'><tcp comment='${text}'/></rule>`),
    ),
  validXml.map((xml) => `<?xml version='1.0' encoding='UTF-16'?>${xml}`),
  validXml.map((xml) => xml.slice(0, -3)),
  validXml.map((xml) => `${xml}${xml}`),
  validXml.map((xml) => xml.replace('<filter ', "<filter name='other' ")),
  validXml.map((xml) => `<?xml-stylesheet href='file:///etc/passwd'?><!-- ${'-'.repeat(3)} -->${xml}`),
  validXml.map((xml) => `<![CDATA[${xml}]]>`),
  hostileText,
);

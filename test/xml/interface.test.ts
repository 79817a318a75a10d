import t from 'tap';
import { readDomain } from '../../src/xml/domain.js';
import {
  addInterface,
  aliasOf,
  editDomain,
  interfaceOf,
  removeInterface,
  setFilterref,
  setLinkState,
} from '../../src/xml/interface.js';
import { element, parseXml } from '../../src/xml/tree.js';

const first = '52:54:00:00:00:01';
const second = '52:54:00:00:00:02';
const nic = (mac: string, rest: string) =>
  `<interface type='bridge'><mac address='${mac}'/>${rest}</interface>`;
const domain = `<domain type='kvm' xmlns:q='urn:q'><name>a &amp; b</name><devices><disk/>${nic(first, "<filterref filter='f'><parameter name='IP' value='10.0.0.1'/></filterref><alias name='net0'/>")}${nic(second, "<target dev='vnet1'/>")}</devices><q:x/></domain>`;

const edited = (mac: string, edit: (node: NonNullable<ReturnType<typeof interfaceOf>>) => void) =>
  editDomain(domain, (root) => {
    const node = interfaceOf(root, mac);
    if (!node) throw new Error('no such NIC');
    edit(node);
  });

await t.test('a filterref is set, and set back: all else stays', (t) => {
  const parameters = [
    { name: 'IP', value: '10.0.0.1' },
    { name: 'IP', value: '10.0.0.2' },
  ];
  const changed = edited(second, (node) => setFilterref(node, { filter: 'g', parameters }));
  t.match(readDomain(changed).interfaces, [{ filter: 'f' }, { filter: 'g', filterParameters: parameters }]);
  const back = editDomain(changed, (root) => {
    const node = interfaceOf(root, second);
    if (node) setFilterref(node, undefined);
  });
  t.strictSame(parseXml(back), parseXml(domain));
  t.end();
});

await t.test('a filterref takes the place of the one that is there, its parameters too', (t) => {
  const changed = edited(first, (node) => setFilterref(node, { filter: 'g', parameters: [] }));
  t.match(readDomain(changed).interfaces[0], { filter: 'g', filterParameters: [] });
  t.equal(changed.match(/<filterref/g)?.length, 1);
  t.end();
});

await t.test('the link goes down and up, with the filter as it is', (t) => {
  const down = edited(first, (node) => setLinkState(node, 'down'));
  t.match(readDomain(down).interfaces[0], {
    linkState: 'down',
    filter: 'f',
    filterParameters: [{ name: 'IP' }],
  });
  t.end();
});

await t.test('a NIC is found by its MAC address in any case, added and removed', (t) => {
  const root = parseXml(domain);
  t.equal(aliasOf(interfaceOf(root, first.toUpperCase()) ?? element('none')), 'net0');
  t.equal(interfaceOf(root, '52:54:00:00:00:03'), undefined);
  const more = editDomain(domain, (at) => addInterface(at, parseXml(nic('52:54:00:00:00:03', ''))));
  t.equal(readDomain(more).interfaces.length, 3);
  t.strictSame(
    parseXml(editDomain(more, (at) => removeInterface(at, '52:54:00:00:00:03'))),
    parseXml(domain),
  );
  t.end();
});

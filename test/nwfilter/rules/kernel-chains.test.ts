import t from 'tap';
import { filterFromLibvirt } from '../../../src/nwfilter/from-xml.js';
import { inOrderOfEvaluation } from '../../../src/nwfilter/rules/evaluation.js';
import { kernelChains } from '../../../src/nwfilter/rules/kernel-chains.js';
import { type KernelChain, RulesError } from '../../../src/nwfilter/rules/model.js';
import { readable } from '../../../src/nwfilter/rules/readable.js';

/** The chains of the first of some filters, for a NIC that gives each name its values. */
function chainsOf(xmls: readonly string[], given: Record<string, string[]> = {}): KernelChain[] {
  const filters = xmls.map(filterFromLibvirt);
  const parameters = Object.entries(given).flatMap(([name, values]) =>
    values.map((value) => ({ name, value })),
  );
  const nic = { port: 'vnet0', mac: '52:54:00:AA:00:01', parameters };
  return kernelChains(new Map(filters.map((filter) => [filter.name, filter])), filters[0]?.name ?? '', nic);
}
const filter = (body: string, name = 'x', more = ''): string =>
  `<filter name='${name}' ${more}>${body}</filter>`;
const rule = (match: string): string => `<rule action='drop' direction='out'>${match}</rule>`;

await t.test('a NIC’s rules in the order in which they are asked', (t) => {
  const chains = chainsOf([
    filter(`<filterref filter='m'/><rule action='accept' direction='in'><tcp dstportstart='22'/></rule>`),
    filter(
      `<rule action='return' direction='out' priority='3'><mac srcmacaddr='$MAC'/></rule>`,
      'm',
      "chain='mac'",
    ),
  ]);
  const shown = inOrderOfEvaluation(chains).map(
    ({ table, direction, chain, text }) => `${direction} ${chain}: ${readable(table, text)}`,
  );
  t.strictSame(shown, [
    'out PREROUTING: -i vnet0 -j libvirt-I-vnet0',
    'out libvirt-I-vnet0: -j I-vnet0-mac',
    'out I-vnet0-mac: -s 52:54:00:aa:00:01 -j RETURN',
    'out libvirt-in: -m physdev --physdev-in vnet0 -g FI-vnet0',
    'out FI-vnet0: -p tcp -m tcp --sport 22 -m conntrack --ctstate ESTABLISHED -m conntrack --ctdir REPLY -j RETURN',
    'out libvirt-in-post: -m physdev --physdev-in vnet0 -j ACCEPT',
    'out libvirt-host-in: -m physdev --physdev-in vnet0 -g HI-vnet0',
    'out HI-vnet0: -p tcp -m tcp --sport 22 -m conntrack --ctstate ESTABLISHED -m conntrack --ctdir REPLY -j RETURN',
    'in libvirt-out: -m physdev --physdev-out vnet0 --physdev-is-bridged -g FO-vnet0',
    'in FO-vnet0: -p tcp -m tcp --dport 22 -m conntrack --ctstate NEW,ESTABLISHED -m conntrack --ctdir ORIGINAL -j ACCEPT',
  ]);
  const [, , own] = inOrderOfEvaluation(chains);
  t.strictSame(own?.source?.path, ['x', 'm'], 'with the references that lead to it');
  t.equal(own?.verdict, 'return');
  t.end();
});

await t.test('rules of a set that the kernel may not have', (t) => {
  const rules = chainsOf([filter(rule("<all ipset='$SET' ipsetflags='src,dst'/>"))], { SET: ['s'] });
  t.strictSame(
    rules.filter(({ own }) => own).map(({ name, rules: [first] }) => `${name} ${first?.text}`),
    [
      'FI-vnet0 -m set --match-set s src,dst -j DROP',
      'FO-vnet0 -m set --match-set s dst,src -j DROP',
      'HI-vnet0 -m set --match-set s src,dst -j DROP',
    ],
  );
  t.end();
});

const IP = ['10.0.0.1', '10.0.0.2'];
const ip = rule("<ip srcipaddr='$IP'/>");
/** What libvirt would fail at, too: the variable that is to blame, if one is, and what is said. */
const refused: Record<
  string,
  [xmls: string[], given: Record<string, string[]>, variable: string | undefined, RegExp]
> = {
  'a value is missing': [[filter(ip)], {}, 'IP', /must be given/],
  'a value that does not do': [[filter(ip)], { IP: ['10.0.0.300'] }, 'IP', /10\.0\.0\.300/],
  'an element that is not there': [
    [filter(rule("<ip srcipaddr='$IP[2]'/>"))],
    { IP },
    'IP',
    /at least 3 values/,
  ],
  'a list beside another in parallel': [
    [filter(rule("<ip srcipaddr='$IP' dstipaddr='$OTHER'/>"))],
    { IP, OTHER: ['10.0.0.3'] },
    'OTHER',
    /as many values as IP/,
  ],
  'a list beside the one MAC address': [
    [filter(rule("<ip srcmacaddr='$MAC' srcipaddr='$IP'/>"))],
    { IP },
    'IP',
    /as many values as MAC/,
  ],
  'a reference to nothing': [[filter("<filterref filter='gone'/>")], {}, undefined, /no filter gone/],
  'a loop': [
    [filter("<filterref filter='y'/>"), filter("<filterref filter='x'/>", 'y')],
    {},
    undefined,
    /refers to itself/,
  ],
  'a rule for packets that continues': [
    [filter("<rule action='continue' direction='in'><tcp/></rule>")],
    {},
    undefined,
    /continues/,
  ],
  'STP of a MAC address, both ways': [
    [filter("<rule action='drop' direction='inout'><stp srcmacaddr='$MAC'/></rule>")],
    {},
    undefined,
    /both directions/,
  ],
  'more rules than anybody waits for': [
    [filter(rule("<ip srcipaddr='$IP' dstipaddr='$IP[@1]' protocol='tcp' srcportstart='$PORT[@2]'/>"))],
    { IP: IP.concat(Array.from({ length: 98 }, (_, i) => `10.0.1.${i}`)), PORT: ['1', '2', '3'] },
    undefined,
    /too many rules/,
  ],
};
await t.test('what can have no rules', (t) => {
  for (const [what, [xmls, given, variable, message]] of Object.entries(refused)) {
    let error: unknown;
    try {
      chainsOf(xmls, given);
    } catch (thrown) {
      error = thrown;
    }
    t.ok(error instanceof RulesError, what);
    t.match(error, { variable, message }, what);
  }
  t.end();
});

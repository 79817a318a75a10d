import t from 'tap';
import { Problem } from '../../src/errors.js';
import { FilterCatalog } from '../../src/filtering/catalog.js';
import { checkParameters, type FilterParameter } from '../../src/filtering/parameters.js';

const catalog = new FilterCatalog([
  "<filter name='mac'><rule action='drop' direction='out'><mac srcmacaddr='$MAC'/></rule></filter>",
  "<filter name='ip'><rule action='drop' direction='out'><ip srcipaddr='$IP[@1]' srcipmask='$MASK'/></rule></filter>",
  "<filter name='given'><filterref filter='ip'><parameter name='MASK' value='24'/></filterref></filter>",
  "<filter name='six'><rule action='drop' direction='out'><ipv6 srcipaddr='$IPV6'/></rule></filter>",
  "<filter name='dhcp'><rule action='accept' direction='in'><ip srcipaddr='$DHCPSERVER'/></rule></filter>",
  "<filter name='server'><filterref filter='dhcp'><parameter name='DHCPSERVER' value='10.0.0.1'/></filterref></filter>",
  "<filter name='odd'><rule action='drop' direction='out'><ip srcipaddr='$constructor'/></rule></filter>",
  "<filter name='loop'><filterref filter='loop'/></filter>",
]);

const ip = { name: 'IP', value: '10.0.0.1' };
const rows: { filters: string[]; parameters: FilterParameter[]; wrong: string[] }[] = [
  { filters: [], parameters: [], wrong: [] },
  { filters: [], parameters: [ip], wrong: ['/p/0/name'] },
  { filters: ['mac'], parameters: [], wrong: [] },
  { filters: ['mac'], parameters: [{ name: 'MAC', value: '52:54:00:00:00:01' }], wrong: ['/p/0/name'] },
  { filters: ['mac'], parameters: [ip], wrong: ['/p/0/name'] },
  { filters: ['given'], parameters: [ip], wrong: [] },
  { filters: ['given'], parameters: [ip, { name: 'IP', value: '10.0.0.2' }], wrong: [] },
  { filters: ['given'], parameters: [], wrong: ['/p'] },
  { filters: ['given'], parameters: [{ name: 'IP', value: 'nonsense' }], wrong: ['/p/0/value'] },
  { filters: ['given'], parameters: [{ name: 'IP', value: 'fe80::1' }], wrong: ['/p/0/value'] },
  { filters: ['given'], parameters: [{ name: 'CTRL_IP_LEARNING', value: 'any' }], wrong: [] },
  { filters: ['given'], parameters: [{ name: 'CTRL_IP_LEARNING', value: 'none' }], wrong: ['/p'] },
  { filters: ['given'], parameters: [ip, { name: 'CTRL_IP_LEARNING', value: 'all' }], wrong: ['/p/1/value'] },
  // to libvirt a NIC's value comes before that of a reference
  { filters: ['given'], parameters: [ip, { name: 'MASK', value: '0' }], wrong: ['/p/1/name'] },
  { filters: ['given', 'ip'], parameters: [ip, { name: 'MASK', value: '0' }], wrong: ['/p/1/name'] },
  { filters: ['server'], parameters: [{ name: 'DHCPSERVER', value: '10.0.0.9' }], wrong: ['/p/0/name'] },
  { filters: ['server'], parameters: [], wrong: [] },
  { filters: ['ip'], parameters: [ip], wrong: ['/p'] },
  { filters: ['ip'], parameters: [ip, { name: 'MASK', value: '8' }], wrong: [] },
  { filters: ['given', 'six'], parameters: [ip], wrong: ['/p'] },
  { filters: ['given', 'six'], parameters: [ip, { name: 'IPV6', value: '2001:db8::1' }], wrong: [] },
  { filters: ['six'], parameters: [{ name: 'IPV6', value: '10.0.0.1' }], wrong: ['/p/0/value'] },
  { filters: ['loop'], parameters: [], wrong: [] },
  { filters: ['odd'], parameters: [{ name: 'constructor', value: 'x' }], wrong: [] },
];

for (const { filters, parameters, wrong } of rows) {
  const row = `${filters.join(' ')} with ${JSON.stringify(parameters)}`;
  try {
    checkParameters(catalog, filters, parameters, '/p');
    t.strictSame([], wrong, row);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    t.strictSame(
      error.errors?.map(({ path }) => path),
      wrong,
      row,
    );
  }
}

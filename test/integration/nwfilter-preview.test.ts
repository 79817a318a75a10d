import t from 'tap';
import type { NwfilterList } from '../../src/schemas/nwfilter.js';
import type { NwfilterPreview } from '../../src/schemas/nwfilter-preview.js';
import { startHost } from '../hosts/index.js';
import { Service } from './service.js';

const host = await startHost();
const service = await Service.start(host);
t.teardown(() => host.stop());
const preview = <T = NwfilterPreview>(name: string, query = '') =>
  service.request<T>('GET', `/v1/nwfilters/${name}/preview${query}`);

await t.test('the rules of a NIC that might be, each with where it comes from', async (t) => {
  const { status, body } = await preview('vdsm-no-mac-spoofing', '?mac=52:54:00:AB:00:02');
  t.equal(status, 200);
  t.match(body, { filter: 'vdsm-no-mac-spoofing', mac: '52:54:00:AB:00:02', port: 'vnet0' });
  const way = { table: 'ebtables', direction: 'out' };
  const jump = { ...way, verdict: 'jump' };
  const from = (filter: string, action: string, priority: number) => ({
    filter,
    path: ['vdsm-no-mac-spoofing', filter],
    action,
    priority,
    verdict: action,
  });
  t.strictSame(body.rules, [
    { ...jump, chain: 'PREROUTING', text: '-i vnet0 -j libvirt-I-vnet0', to: 'libvirt-I-vnet0' },
    { ...jump, chain: 'libvirt-I-vnet0', text: '-j I-vnet0-mac', to: 'I-vnet0-mac' },
    {
      ...way,
      chain: 'I-vnet0-mac',
      text: '-s 52:54:00:ab:00:02 -j RETURN',
      ...from('no-mac-spoofing', 'return', 500),
    },
    { ...way, chain: 'I-vnet0-mac', text: '-j DROP', ...from('no-mac-spoofing', 'drop', 500) },
    { ...jump, chain: 'libvirt-I-vnet0', text: '-p ARP -j I-vnet0-arp-mac', to: 'I-vnet0-arp-mac' },
    {
      ...way,
      chain: 'I-vnet0-arp-mac',
      text: '-p ARP --arp-mac-src 52:54:00:ab:00:02 -j RETURN',
      ...from('no-arp-mac-spoofing', 'return', 350),
    },
    { ...way, chain: 'I-vnet0-arp-mac', text: '-j DROP', ...from('no-arp-mac-spoofing', 'drop', 1000) },
  ]);
});

await t.test('a variable that is given twice is a list, and the MAC address has a default', async (t) => {
  const { body } = await preview('no-ip-spoofing', '?IP=10.0.0.1&IP=10.0.0.2');
  t.equal(body.mac, '52:54:00:00:00:01');
  const sources = body.rules.map(({ text }) => /--ip-src (10\S+)/.exec(text)?.[1]).filter(Boolean);
  t.strictSame(sources, ['10.0.0.1', '10.0.0.2']);
  t.match(await preview('clean-traffic', '?IP=10.0.0.1&DHCPSERVER=10.0.0.9&CTRL_IP_LEARNING=none'), {
    status: 200,
  });
});

await t.test('chains of one priority are said to be', async (t) => {
  const chain = (name: string) => ({
    name,
    chain: name.replace('tied', 'mac'),
    entries: [{ action: 'drop', direction: 'in', protocol: 'mac' }],
  });
  for (const name of ['tied-a', 'tied-b']) await service.request('POST', '/v1/nwfilters', chain(name));
  const entries = [{ ref: 'tied-a' }, { ref: 'tied-b' }, { ref: 'allow-arp' }];
  await service.request('POST', '/v1/nwfilters', { name: 'both', entries });
  const { body } = await preview('both');
  const tied = body.rules.filter((rule) => rule.tied).map(({ to }) => to);
  t.strictSame(tied, ['O-vnet0-mac-a', 'O-vnet0-mac-b']);
});

await t.test('what is wrong is named', async (t) => {
  const wrong: [name: string, query: string, path: string, message: RegExp][] = [
    ['clean-traffic', '', 'query/IP', /must be given/],
    ['clean-traffic', '?CTRL_IP_LEARNING=any', 'query/IP', /must be given/],
    ['clean-traffic', '?IP=10.0.0.1&PORT=80', 'query/PORT', /no variable/],
    ['clean-traffic', '?IP=10.0.0.1000', 'query/IP', /IPv4/],
    ['clean-traffic', '?IP=10.0.0.1&MAC=52:54:00:00:00:01', 'query/MAC', /given as mac/],
    ['clean-traffic', '?IP=10.0.0.1&mac=x', 'query/mac', /pattern/],
    ['clean-traffic-gateway', '?IP=10.0.0.1&GATEWAY_MAC=7', 'query/GATEWAY_MAC', /MAC address/],
  ];
  for (const [name, query, path, message] of wrong) {
    const answer = await preview(name, query);
    t.match(answer, { status: 400, body: { type: '/problems/invalid-request' } }, query);
    t.match(answer.body, { errors: [{ path, message }] }, query);
  }
  t.match(await preview('gone'), { status: 404, body: { type: '/problems/nwfilter-unknown' } });
  await host.virshXml("<filter name='half'><filterref filter='gone'/></filter>", 'nwfilter-define', '@');
  t.match(await preview('half'), {
    status: 422,
    body: { type: '/problems/nwfilter-not-found', detail: /gone/ },
  });
});

await t.test('every filter of the host has a preview', async (t) => {
  const values: Record<string, string> = {
    IP: '10.0.0.1',
    IPV6: 'fe80::1',
    GATEWAY_MAC: '52:54:00:00:00:09',
  };
  const { body } = await service.request<NwfilterList>('GET', '/v1/nwfilters');
  for (const { name, parameters, entries } of body.items.filter((filter) => filter.name !== 'half')) {
    // this one of libvirt's wants an address of IPv6 there
    const servers = name === 'allow-dhcpv6-server' ? 'fe80::2' : '10.0.0.2';
    const given = parameters.map(
      (parameter) => `${parameter}=${parameter === 'DHCPSERVER' ? servers : values[parameter]}`,
    );
    const { status, body: shown } = await preview(name, `?${given.join('&')}`);
    t.equal(status, 200, name);
    t.equal(shown.rules.length > 0, entries.length > 0);
  }
});

import {
  Connection,
  type Domain,
  VIR_DOMAIN_AFFECT_CONFIG,
  VIR_DOMAIN_AFFECT_LIVE,
  VIR_DOMAIN_METADATA_DESCRIPTION,
} from 'node-libvirt';
import t from 'tap';
import type { Nwfilter } from '../../src/schemas/nwfilter.js';
import type { Vm } from '../../src/schemas/vm.js';
import { nicXml, startHost } from '../hosts/index.js';
import { onBridge, Service } from './service.js';

/** So many changes, made by another client of libvirt, and each has to be in the answers to what is asked after it. */
const changes = 1000;
/** So many others ask for the same all the while, so that there is always an answer that could be given again. */
const crowd = 6;

const host = await startHost();
const service = await Service.start(host);
const connection = await Connection.open(host.uri);
t.teardown(async () => {
  await connection.close();
  await host.stop();
});

const filterUuid = '70000000-0000-4000-8000-000000000000';
const mac = '52:54:00:00:00:01';
const offMac = '52:54:00:00:00:02';
const plugged = '52:54:00:00:00:03';
for (const name of ['runs', 'off', 'other']) {
  const nics = [onBridge({ runs: mac, off: offMac }[name])];
  const { status } = await service.create(name, nics, { start: name === 'runs' });
  if (status !== 201) throw new Error(`${name} was not made: ${status}`);
}
const runs = await connection.lookupDomainByName('runs');
const off = await connection.lookupDomainByName('off');

const listed = async (name: string): Promise<Vm | undefined> =>
  (await service.request<{ items: Vm[] }>('GET', '/v1/vms')).body.items.find((vm) => vm.name === name);
const one = async (name: string): Promise<Vm> => (await service.request<Vm>('GET', `/v1/vms/${name}`)).body;
const inShort = async (name: string): Promise<string | undefined> =>
  (await service.request<{ items: Vm[] }>('GET', '/v1/vm-states')).body.items.find((vm) => vm.name === name)
    ?.state;
const pair = async (name: string, of: (vm: Vm) => unknown): Promise<unknown[]> => {
  const [all, alone] = await Promise.all([listed(name), one(name)]);
  return [all && of(all), of(alone)];
};
const describe = (domain: Domain, text: string, flags: number): Promise<void> =>
  domain.setMetadata(VIR_DOMAIN_METADATA_DESCRIPTION, text, null, null, flags);
const interfaceXml = (filter: string): string => nicXml({ mac: plugged, filter });
const filterOf = (i: number): string => (i % 2 === 0 ? 'no-arp-mac-spoofing' : 'no-mac-spoofing');
const has = (vm: Vm): string[] => vm.nics.filter((nic) => nic.mac === plugged).flatMap((nic) => nic.filters);

/** Resolves once the service gives an answer again, having seen that nothing has changed: the change comes right then. */
async function answeredAgain(): Promise<void> {
  for (;;) {
    const { headers } = await service.request('GET', '/v1/vms');
    if (headers['cache-status'] === 'virtwarden; hit') return;
  }
}

/** A kind of change: it is made the i-th time, and what the service then says of it has to be `expected` throughout. */
interface Kind {
  name: string;
  make: (i: number) => Promise<unknown>;
  seen: () => Promise<unknown[]>;
  expected: (i: number) => unknown;
}

const kinds: Kind[] = [
  {
    name: 'define',
    make: async (i) => {
      const xml = (await off.getXMLDesc()).replaceAll(
        />\d+<\/(memory|currentMemory)>/g,
        `>${(96 + i) * 1024}</$1>`,
      );
      await (await connection.domainDefineXMLFlags(xml)).close();
    },
    seen: () => pair('off', (vm) => vm.memoryMiB),
    expected: (i) => 96 + i,
  },
  {
    name: 'metadata of the definition',
    make: (i) => describe(off, `off ${i}`, VIR_DOMAIN_AFFECT_CONFIG),
    seen: () => pair('off', (vm) => vm.description),
    expected: (i) => `off ${i}`,
  },
  {
    name: 'metadata of what runs',
    make: (i) => describe(runs, `runs ${i}`, VIR_DOMAIN_AFFECT_LIVE),
    seen: () => pair('runs', (vm) => vm.description),
    expected: (i) => `runs ${i}`,
  },
  {
    name: 'state',
    make: (i) => (i % 2 === 0 ? runs.suspend() : runs.resume()),
    seen: async () => [...(await pair('runs', (vm) => vm.state)), await inShort('runs')],
    expected: (i) => (i % 2 === 0 ? 'paused' : 'running'),
  },
  {
    name: 'attach and detach in the definition',
    make: (i) =>
      i % 2 === 0
        ? off.attachDevice(interfaceXml('no-mac-spoofing'), VIR_DOMAIN_AFFECT_CONFIG)
        : off.detachDevice(interfaceXml('no-mac-spoofing'), VIR_DOMAIN_AFFECT_CONFIG),
    seen: () => pair('off', has),
    expected: (i) => (i % 2 === 0 ? ['no-mac-spoofing'] : []),
  },
  {
    name: 'update-device in the definition',
    make: (i) => off.updateDevice(nicXml({ mac: offMac, filter: filterOf(i) }), VIR_DOMAIN_AFFECT_CONFIG),
    seen: () => pair('off', (vm) => vm.nics.find((nic) => nic.mac === offMac)?.filters),
    expected: (i) => [filterOf(i)],
  },
  {
    name: 'update-device of what runs',
    make: (i) =>
      runs.updateDevice(
        nicXml({ mac, filter: 'vdsm-no-mac-spoofing' }).replace(
          '<model',
          `<link state='${i % 2 === 0 ? 'down' : 'up'}'/><model`,
        ),
        VIR_DOMAIN_AFFECT_LIVE,
      ),
    seen: () => pair('runs', (vm) => vm.nics[0]?.linkState),
    expected: (i) => (i % 2 === 0 ? 'down' : 'up'),
  },
  {
    name: 'autostart',
    make: (i) => off.setAutostart(i % 2 === 0),
    seen: () => pair('off', (vm) => vm.autostart),
    expected: (i) => i % 2 === 0,
  },
  {
    name: 'filter',
    make: async (i) => {
      const rule = `<rule action='drop' direction='out' priority='${i}'><mac/></rule>`;
      const xml = `<filter name='fresh' chain='root'><uuid>${filterUuid}</uuid>${rule}</filter>`;
      await (await connection.nwfilterDefineXMLFlags(xml)).close();
    },
    seen: async () => {
      const { body } = await service.request<Nwfilter>('GET', '/v1/nwfilters/fresh');
      return body.entries.map((entry) => 'priority' in entry && entry.priority);
    },
    expected: (i) => i,
  },
  {
    name: 'a VM comes and goes',
    make: async (i) => {
      if (i % 2 === 1) return (await connection.lookupDomainByName('brief')).undefine();
      const xml = (await off.getXMLDesc()).replace('<name>off<', '<name>brief<');
      const fresh = xml.replace(/<uuid>.*?<\/uuid>/, '').replaceAll(/<mac address=.*?\/>/g, '');
      return (await connection.domainDefineXMLFlags(fresh)).close();
    },
    seen: async () => [
      (await listed('brief')) !== undefined,
      (await inShort('brief')) !== undefined,
      (await service.request('GET', '/v1/vms/brief')).status === 200,
    ],
    expected: (i) => i % 2 === 0,
  },
];

await t.test(`${changes} changes by another client, each in the next answer`, async (t) => {
  let done = false;
  const asking = Array.from({ length: crowd }, async () => {
    while (!done)
      await Promise.all(
        ['vms', 'vm-states', 'vms/brief', 'vms/runs', 'nwfilters/fresh'].map((path) =>
          service.request('GET', `/v1/${path}`),
        ),
      );
  });
  const stale: string[] = [];
  for (let change = 0; change < changes; change++) {
    const kind = kinds[change % kinds.length];
    if (!kind) throw new Error('no kind of change');
    const i = Math.floor(change / kinds.length);
    await answeredAgain();
    await kind.make(i);
    const seen = await kind.seen();
    const expected = JSON.stringify(kind.expected(i));
    if (seen.some((value) => JSON.stringify(value) !== expected))
      stale.push(`${kind.name} ${i}: ${JSON.stringify(seen)} instead of ${expected}`);
  }
  done = true;
  await Promise.all(asking);
  t.strictSame(stale, []);
});

await t.test('what the service decides by itself is in the next answer, too', async (t) => {
  const origin = async () => (await listed('off'))?.nics[0]?.filterOrigin;
  t.equal(await origin(), 'default');
  for (const [EnableMACAntiSpoofingFilterRules, expected] of [
    [false, 'none'],
    [true, 'default'],
  ] as const) {
    await answeredAgain();
    await service.request('PATCH', '/v1/config', { EnableMACAntiSpoofingFilterRules });
    t.equal(await origin(), expected);
  }
});

await t.test('without a libvirt that answers nothing is answered again', async (t) => {
  await answeredAgain();
  await host.libvirtd.kill('SIGSTOP');
  const answer = await service.request('GET', '/v1/vms');
  t.notMatch(answer.headers['cache-status'], /hit/);
  t.match(answer, { status: 503 });
  await host.libvirtd.kill('SIGCONT');
});

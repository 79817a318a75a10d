import t from 'tap';
import type { Enforcement, HostEnforcement } from '../../src/schemas/enforcement.js';
import { nicXml, startHost } from '../hosts/index.js';
import { onBridge, Service } from './service.js';

const mac = '52:54:00:00:00:01';
const name = 'vm';
const at = `/v1/vms/${name}/nics/${mac}/enforcement`;
const filter = 'vdsm-no-mac-spoofing';

const host = await startHost();
t.teardown(() => host.stop());
const service = await Service.start(host);
const created = await service.create(name, [onBridge(mac)]);
const tap = created.body.nics[0]?.target ?? '';

const verdict = async (): Promise<Enforcement> => (await service.request<Enforcement>('GET', at)).body;
const codes = ({ findings }: Pick<Enforcement, 'findings'>): string[] => [
  ...new Set(findings.map(({ code }) => code)),
];
const setPolicy = async (reconcile: 'report' | 'repair') =>
  service.request('PATCH', '/v1/config', { reconcile });
const nat = (...args: string[]) => host.run('ebtables', ['-t', 'nat', ...args]);

await t.test('a NIC as it is made is enforced, and the verdict says why', async (t) => {
  t.match(await verdict(), {
    status: 'enforced',
    port: tap,
    desired: [filter],
    domain: { filters: [filter], parameters: [] },
    binding: { vm: created.body.uuid, mac, filters: [filter] },
    backend: 'ebtables-nft',
    rules: [
      { chain: `I-${tap}-arp-mac`, verdict: 'return' },
      { chain: `I-${tap}-arp-mac`, text: '-j DROP', verdict: 'drop' },
      { chain: `I-${tap}-mac`, text: `-s ${mac} -j RETURN` },
      { chain: `I-${tap}-mac`, text: '-j DROP' },
      { chain: `libvirt-I-${tap}`, verdict: 'jump' },
      { chain: `libvirt-I-${tap}`, verdict: 'jump' },
    ],
    findings: [],
  });
  t.match((await service.request<HostEnforcement>('GET', '/v1/enforcement')).body, {
    counts: { enforced: 1, drifted: 0 },
    nics: [],
    findings: [],
  });
});

/** What is done to a NIC that runs, and what the verdict calls it. */
const sabotages: Record<string, [codes: string[], act: () => Promise<unknown>]> = {
  'all rules are flushed': [['jump-missing', 'chain-differs'], () => nat('-F')],
  'one rule is deleted': [['chain-differs'], () => nat('-D', `I-${tap}-mac`, '-j', 'DROP')],
  'a rule of another stands before': [['rule-ahead'], () => nat('-I', 'PREROUTING', '-j', 'ACCEPT')],
  'a rule has another MAC address': [
    ['chain-differs'],
    async () => {
      await nat('-I', `I-${tap}-mac`, '-s', '52:54:00:00:00:99', '-j', 'RETURN');
      await nat('-D', `I-${tap}-mac`, '-s', mac, '-j', 'RETURN');
    },
  ],
  'the jump is gone': [['jump-missing'], () => nat('-D', 'PREROUTING', '-i', tap, '-j', `libvirt-I-${tap}`)],
  'the binding is deleted': [
    ['binding-missing', 'jump-missing', 'chain-missing'],
    () => host.virsh('nwfilter-binding-delete', tap),
  ],
  'chains are half built': [['chain-unfinished'], () => nat('-N', `libvirt-J-${tap}`)],
  'the filterref is removed': [
    ['filter-missing'],
    () => host.virshXml(nicXml({ mac }), 'update-device', name, '@', '--live'),
  ],
  'the filterref is another': [
    ['filter-differs'],
    () => host.virshXml(nicXml({ mac, filter: 'allow-arp' }), 'update-device', name, '@', '--live'),
  ],
};

/** What a test leaves of itself is taken away. */
const tidy = async () => {
  if ((await nat('-L', 'PREROUTING')).includes('-j ACCEPT')) await nat('-D', 'PREROUTING', '-j', 'ACCEPT');
};

for (const [what, [wanted, act]] of Object.entries(sabotages)) {
  await t.test(`told of, and put right when asked: ${what}`, async (t) => {
    await setPolicy('report');
    const since = service.logLength;
    await act();
    t.match(await service.logged('the filter of a NIC is not wholly in force', since), { port: tap });
    const found = await verdict();
    t.equal(found.status, 'drifted');
    t.strictSame(codes(found).sort(), wanted.toSorted());
    const repaired = await service.request<Enforcement>('POST', `${at}/repair`);
    t.equal(repaired.status, 200);
    t.match(repaired.body, { status: 'enforced', findings: [] });
    t.match(await verdict(), { status: 'enforced' });
    await tidy();
  });
}

for (const [what, [, act]] of Object.entries(sabotages)) {
  await t.test(`put right by itself: ${what}`, async (t) => {
    await setPolicy('repair');
    const since = service.logLength;
    await act();
    await service.logged('a NIC whose filter was not wholly in force was put right', since);
    t.match(await verdict(), { status: 'enforced', findings: [] });
    await tidy();
  });
}

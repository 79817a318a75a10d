import t from 'tap';
import type { Enforcement, HostEnforcement } from '../../src/schemas/enforcement.js';
import { nativeLeftovers, nativePortScript, nativeTablesScript } from '../helpers/native-script.js';
import { arp, attempt, ethernet, Guest, nicXml, startHost, vmXml } from '../hosts/index.js';
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
const victim = '52:54:00:00:00:99';
const observer = await host.observer('br0');
const guest = await (await Guest.attach(host, name)).ready();
await guest.up('eth0');
// all the while: what is broken is told of and mended before a forged frame gets through
const flood = await guest.flood('eth0', [
  ethernet({ src: victim, type: 0x88b5 }),
  arp({ src: mac }, { senderMac: victim, senderIp: '10.0.0.9', targetIp: '10.0.0.1' }),
]);

const verdict = async (): Promise<Enforcement> => (await service.request<Enforcement>('GET', at)).body;
const codes = ({ findings }: Pick<Enforcement, 'findings'>): string[] => [
  ...new Set(findings.map(({ code }) => code)),
];
const setPolicy = async (reconcile: 'report' | 'repair') =>
  service.request('PATCH', '/v1/config', { reconcile });
const nat = (...args: string[]) => host.run('ebtables', ['-t', 'nat', ...args]);
const nft = (script: string) => host.run('nft', ['-f', '-'], { input: script });

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
  'another backend has left rules, which let through': [
    ['backend-leftover'],
    () => nft(nativeTablesScript + nativePortScript(tap, nativeLeftovers(tap))),
  ],
  'the guard is deleted': [
    ['guard-missing'],
    () => host.run('nft', ['delete', 'chain', 'netdev', 'virtwarden_guard', `tap_${tap}`]),
  ],
  'the guard is emptied': [
    ['guard-differs'],
    () => host.run('nft', ['flush', 'chain', 'netdev', 'virtwarden_guard', `tap_${tap}`]),
  ],
  'its table is switched off': [
    ['jump-missing'],
    () => host.run('nft', ['add table bridge nat { flags dormant; }']),
  ],
  'the filterref is removed': [
    ['filter-missing'],
    () => host.virshXml(nicXml({ mac }), 'update-device', name, '@', '--live'),
  ],
  'the filterref is another': [
    ['filter-differs'],
    () => host.virshXml(nicXml({ mac, filter: 'allow-arp' }), 'update-device', name, '@', '--live'),
  ],
};

const noNativeTables = ['ethernet', 'inet']
  .map((kind) => `bridge libvirt_nwfilter_${kind}`)
  .map((table) => `add table ${table}; delete table ${table}\n`)
  .join('');

/** What a test leaves of itself is taken away. */
const tidy = async () => {
  await nft(noNativeTables);
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

/** What is left on the host of VMs that are gone, or made by others. */
const leftBehind: Record<string, [found: RegExp, act: () => Promise<unknown>, gone: () => Promise<unknown>]> =
  {
    'a tap': [
      /tap vnet77/,
      () => host.run('sh', ['-c', 'ip tuntap add vnet77 mode tap && ip link set vnet77 master br0 up']),
      () => host.run('sh', ['-c', '! ip link show vnet77 2>/dev/null']),
    ],
    chains: [
      /chains of vnet88/,
      async () => {
        await nat('-N', 'libvirt-I-vnet88');
        await nat('-A', 'PREROUTING', '-i', 'vnet88', '-j', 'libvirt-I-vnet88');
      },
      () => host.run('sh', ['-c', '! ebtables -t nat -L | grep vnet88']),
    ],
    'chains of another backend': [
      /chains of vnet66/,
      async () => {
        await host.run('ip', ['tuntap', 'add', 'vnet66', 'mode', 'tap']);
        await nft(nativeTablesScript + nativePortScript('vnet66', nativeLeftovers('vnet66')));
        await host.run('ip', ['link', 'delete', 'vnet66']);
      },
      () => host.run('sh', ['-c', '! nft list ruleset | grep vnet66']),
    ],
    'a guard': [
      /tap lo has a guard/,
      () =>
        host.run('nft', [
          'add chain netdev virtwarden_guard tap_lo { type filter hook ingress device "lo" priority -400; }',
        ]),
      () => host.run('sh', ['-c', '! nft list ruleset | grep tap_lo']),
    ],
  };
for (const [what, [found, act, gone]] of Object.entries(leftBehind)) {
  await t.test(`told of, and removed once it is certain that nobody has it: ${what}`, async (t) => {
    await setPolicy('repair');
    const since = service.logLength;
    await act();
    const { body } = await service.request<HostEnforcement>('GET', '/v1/enforcement');
    t.match(
      body.findings.map(({ detail }) => detail),
      [found],
    );
    await service.logged('something that no VM has was put right', since);
    await t.resolves(gone());
    t.match((await service.request<HostEnforcement>('GET', '/v1/enforcement')).body, { findings: [] });
  });
}

await t.test('what may be somebody else’s stays', async (t) => {
  await setPolicy('repair');
  const iptables = (...args: string[]) => host.run('iptables', args);
  for (const chain of ['I-lan', 'FI-lan']) {
    await iptables('-N', chain);
    await iptables('-A', chain, '-j', 'DROP');
    await iptables('-A', 'INPUT', '-i', 'eth9', '-j', chain);
  }
  await host.run('sh', [
    '-c',
    'ip link add other0 type veth peer other1 && ip link set other0 master br0 up',
  ]);
  await host.virshXml(
    `<filterbinding><owner><name>other</name><uuid>11111111-2222-3333-4444-555555555555</uuid></owner>
     <portdev name='other0'/><mac address='52:54:00:00:00:77'/><filterref filter='no-mac-spoofing'/></filterbinding>`,
    'nwfilter-binding-create',
    '@',
  );
  const { body } = await service.request<HostEnforcement>('GET', '/v1/enforcement');
  t.match(
    body.findings.map(({ detail }) => detail),
    [/bound to other0 of other, which no running VM has, but it is there/, /chains of other0/],
  );
  // what comes later and is certain to be nobody's goes
  const since = service.logLength;
  await nat('-N', 'libvirt-I-vnet88');
  await service.logged('something that no VM has was put right', since);
  t.strictSame((await host.bindings()).sort(), ['other0', tap].sort());
  t.match(await nat('-L'), /libvirt-I-other0/);
  t.match(await iptables('-S'), /-A INPUT -i eth9 -j I-lan\n-A INPUT -i eth9 -j FI-lan\n/);
  await host.virsh('nwfilter-binding-delete', 'other0');
  await host.run('ip', ['link', 'delete', 'other0']);
});

/** What the host's administrator alone can put right. */
const otherwise: Record<string, [code: string, act: () => Promise<unknown>, undo: () => Promise<unknown>]> = {
  'somebody sends its frames past the filters': [
    'ingress-foreign',
    () =>
      host.run('nft', [
        `add table netdev other; add chain netdev other c { type filter hook ingress device "${tap}" priority -600; }; add rule netdev other c fwd to "lo"`,
      ]),
    () => host.run('nft', ['delete', 'table', 'netdev', 'other']),
  ],
  'its tap is in another bridge': [
    'port-unbridged',
    () => host.run('sh', ['-c', `ip link add br9 type bridge && ip link set ${tap} master br9`]),
    () => host.run('sh', ['-c', `ip link set ${tap} master br0 && ip link delete br9`]),
  ],
};
for (const [what, [code, act, undo]] of Object.entries(otherwise)) {
  await t.test(`told of, for a person to put right: ${what}`, async (t) => {
    await setPolicy('report');
    await act();
    const found = await verdict();
    t.equal(found.status, 'drifted');
    t.strictSame(codes(found), [code]);
    await undo();
    t.match(await verdict(), { status: 'enforced', findings: [] });
  });
}

await t.test('what nobody can list is not taken for gone', async (t) => {
  await setPolicy('repair');
  // at the end, where it decides nothing: ebtables leaves the whole table out then
  await nat('-N', 'other');
  await host.run('nft', ['add rule bridge nat other meta length 1-5 counter']);
  const found = await verdict();
  t.match(found, { status: 'unknown', findings: [{ code: 'kernel-unreadable' }] });
  t.match(await service.request('POST', `${at}/repair`), { status: 503 });
  t.notMatch(await host.run('nft', ['list', 'tables']), /virtwarden_closed/);
  await host.run('nft', ['delete chain bridge nat other']);
  t.match(await verdict(), { status: 'enforced', findings: [] });
});

await t.test('a NIC that cannot be guarded spoils no other', async (t) => {
  const xml = await vmXml({ name: 'odd', nics: [{ mac: '52:54:00:00:00:03', filter }] });
  await host.virshXml(xml.replace('<mac ', "<target dev='lan@web'/><mac "), 'define', '@');
  await host.virsh('start', 'odd');
  const { status, body } = await service.request<HostEnforcement>('GET', '/v1/enforcement');
  t.equal(status, 200);
  t.match(body.nics, [{ vmName: 'odd', status: 'drifted', findings: [{ code: 'guard-impossible' }] }]);
  t.match(await service.request('DELETE', '/v1/vms/odd?force=true'), { status: 204 });
});

for (const changed of ['no-mac-spoofing', filter]) {
  await t.test(`a filter that is redefined behind the service's back is put right: ${changed}`, async (t) => {
    await setPolicy('report');
    const uuid = /<uuid>(.*)<\/uuid>/.exec(await host.virsh('nwfilter-dumpxml', changed))?.[1] ?? '';
    const since = service.logLength;
    await host.virshXml(
      `<filter name='${changed}' chain='mac'><uuid>${uuid}</uuid><rule action='accept' direction='out'/></filter>`,
      'nwfilter-define',
      '@',
    );
    await service.logged('the filter of a NIC is not wholly in force', since);
    const found = await verdict();
    t.equal(found.status, 'drifted');
    t.ok(codes(found).includes('filter-changed'));
    await setPolicy('repair');
    await service.logged('a NIC whose filter was not wholly in force was put right', since);
    t.match(await verdict(), { status: 'enforced', findings: [] });
  });
}

await t.test('what only the policy wants is told of, and given on demand', async (t) => {
  using events = await service.events();
  await host.defineGuest({ name: 'bare', nics: [{ mac: '52:54:00:00:00:02' }] });
  const bare = '/v1/vms/bare/nics/52:54:00:00:00:02/enforcement';
  t.match(await events.next('enforcement.drifted', { nic: '52:54:00:00:00:02' }), {
    data: { findings: [{ code: 'policy-differs' }] },
  });
  // the look that told of it goes on to the repairs; the next begins when that has ended
  const looks = async (): Promise<number> => {
    const { body } = await service.request<string>('GET', '/metrics');
    return Number(/reconcile_runs_total{result="done"} (\d+)/.exec(body)?.[1]);
  };
  const before = await looks();
  while ((await looks()) < before + 2);
  t.match((await service.request('GET', bare)).body, {
    status: 'drifted',
    desired: [filter],
    findings: [{ code: 'policy-differs' }],
  });
  t.match(await service.request('POST', `${bare}/repair`), { status: 200, body: { status: 'enforced' } });
  await service.request('DELETE', '/v1/vms/bare?force=true');
});

await t.test('the guest forged frames all the while, and none came through', async (t) => {
  const { sent } = await flood.stop();
  t.ok(sent > 1000, `${sent} frames were sent`);
  const forged = (frame: Buffer) =>
    frame.subarray(6).includes(Buffer.from(victim.replaceAll(':', ''), 'hex'));
  t.equal(observer.count(forged), 0);
  await using watched = guest;
  t.equal(await attempt(watched, mac, observer, ethernet({ src: mac, type: 0x88b5 })), 1, 'it would be seen');
});

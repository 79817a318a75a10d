import fc from 'fast-check';
import t from 'tap';
import { readShippedFilters } from '../../src/filtering/shipped.js';
import type { AttackMatrix } from '../../src/schemas/nwfilter-coverage.js';
import type { Nwfilter, NwfilterBinding } from '../../src/schemas/nwfilter.js';
import type { HostEnforcement } from '../../src/schemas/enforcement.js';
import type { Operation } from '../../src/schemas/operation.js';
import type { Vm } from '../../src/schemas/vm.js';
import { attempt, ethernet, Guest, sourceMac, startHost } from '../hosts/index.js';
import { onBridge, Service } from './service.js';

const host = await startHost();
const service = await Service.start(host);
t.teardown(() => host.stop());

const drop = { action: 'drop', direction: 'out', protocol: 'mac', match: { protocolid: 0x88b5 } };
const accept = { ...drop, action: 'accept' };
const at = (name: string) => `/v1/nwfilters/${name}`;
const put = <T = Operation>(name: string, filter: object, wait = 60) =>
  service.request<T>('PUT', `${at(name)}?wait=${wait}`, { name, ...filter });
/** libvirt's rules of all ports, without counters and comments. */
const rules = async () =>
  (await host.run('ebtables-save'))
    .split('\n')
    .filter((line) => line.startsWith('-A') || line.startsWith(':'));

await t.test('a filter is defined, read, replaced and deleted', async (t) => {
  const entries = [
    { ref: 'no-mac-spoofing', parameters: [] },
    drop,
    { ...drop, protocol: 'ip', match: { srcipaddr: '$IP' } },
  ];
  const made = await service.request<Nwfilter>('POST', '/v1/nwfilters', { name: 'mine', entries });
  t.match(made, {
    status: 201,
    headers: { location: at('mine') },
    body: {
      name: 'mine',
      chain: 'root',
      priority: 0,
      parameters: ['IP'],
      references: ['no-mac-spoofing'],
      usedBy: [],
      managed: false,
      minimumCompatibilityVersion: '3.6',
    },
  });
  const read = await service.request<Nwfilter>('GET', at('mine'));
  t.strictSame(read.body, made.body);
  t.equal(read.headers.etag, made.headers.etag);
  const xml = await service.request<string>('GET', at('mine'), undefined, { accept: 'application/xml' });
  t.match(xml.headers['content-type'], /^application\/xml/);
  t.equal(xml.body.trim(), (await host.virsh('nwfilter-dumpxml', 'mine')).trim());

  const { uuid } = made.body;
  t.match(
    await service.request('PUT', at('mine'), { name: 'mine', entries: [] }, { 'if-match': '"stale"' }),
    { status: 412 },
  );
  const replaced = await put<Nwfilter>('mine', { chain: 'mac-x', entries: [accept] });
  t.match(replaced, { status: 200, body: { uuid, chain: 'mac-x', priority: -800, entries: [accept] } });
  t.match(await put('other', { entries: [] }), { status: 404, body: { type: '/problems/nwfilter-unknown' } });
  t.match(await service.request('PUT', at('mine'), { name: 'yours', entries: [] }), {
    status: 400,
    body: { errors: [{ path: '/name' }] },
  });

  t.match(await service.request('DELETE', at('mine'), undefined, { 'if-match': String(read.headers.etag) }), {
    status: 412,
  });
  t.match(
    await service.request('DELETE', at('mine'), undefined, { 'if-match': String(replaced.headers.etag) }),
    { status: 204 },
  );
  t.match(await service.request('GET', at('mine')), { status: 404 });
});

await t.test('what cannot be is refused before libvirt has it', async (t) => {
  const post = (filter: object) => service.request('POST', '/v1/nwfilters', filter);
  t.match(await post({ name: 'a', entries: [{ ref: 'missing' }] }), {
    status: 422,
    body: { type: '/problems/nwfilter-not-found', errors: [{ path: '/entries/0/ref' }] },
  });
  t.match(await post({ name: 'a', entries: [{ ref: 'a' }] }), {
    status: 422,
    body: { type: '/problems/nwfilter-loop' },
  });
  t.match(await post({ name: 'clean-traffic', entries: [] }), {
    status: 409,
    body: { type: '/problems/nwfilter-name-taken' },
  });
  t.match(await post({ name: 'virtwarden-list-x', entries: [] }), { status: 400 });
  t.match(await post({ name: 'vdsm-no-mac-spoofing', entries: [] }), {
    status: 409,
    body: { type: '/problems/nwfilter-managed' },
  });
  t.match(await put('vdsm-no-mac-spoofing', { entries: [] }), { status: 409 });
  t.match(await service.request('DELETE', at('vdsm-no-mac-spoofing')), {
    status: 409,
    body: { type: '/problems/nwfilter-managed' },
  });
  t.match(await service.request('DELETE', at('no-mac-spoofing')), {
    status: 409,
    body: {
      type: '/problems/nwfilter-in-use',
      referencedBy: ['clean-traffic', 'clean-traffic-gateway', 'vdsm-no-mac-spoofing'],
    },
  });
  // each refers to the one before twice: libvirt would go through the first 2048 times
  for (let i = 0; i < 12; i++) {
    const entries = i === 0 ? [drop] : [{ ref: `n${i - 1}` }, { ref: `n${i - 1}` }];
    const { status, body } = await post({ name: `n${i}`, entries });
    if (i < 10) t.equal(status, 201);
    else
      t.match(
        { status, body },
        { status: i === 10 ? 400 : 422, body: { errors: [{ path: /^\/entries\/\d\/ref$/ }] } },
      );
  }
  for (let i = 9; i >= 0; i--) t.equal((await service.request('DELETE', at(`n${i}`))).status, 204);
  t.match(await service.request('GET', '/v1/nwfilter-bindings/%00'), { status: 400 });
  t.match(await post({ name: 'a', entries: [] }), { status: 201 });
  t.match(await post({ name: 'b', entries: [{ ref: 'a' }] }), { status: 201 });
  t.match(await put('a', { entries: [{ ref: 'b' }] }), {
    status: 422,
    body: { type: '/problems/nwfilter-loop' },
  });
  t.match(await service.request('DELETE', at('b')), { status: 204 });
  t.match(await service.request('DELETE', at('a')), { status: 204 });
  t.notMatch(await host.virsh('nwfilter-list'), /\b(a|b|missing)\b *$/m);
});

await t.test('the list: in order, by pages, without those made of lists', async (t) => {
  const filters = ['no-mac-spoofing', 'no-arp-mac-spoofing'];
  await service.create('vm', [{ ...onBridge(), filters }]);
  const all = await service.request<{ items: Nwfilter[] }>('GET', '/v1/nwfilters');
  const names = all.body.items.map(({ name }) => name);
  t.strictSame(names, names.toSorted());
  t.ok(names.includes('clean-traffic') && !names.some((name) => name.startsWith('virtwarden-list-')));
  const user = all.body.items.find(({ name }) => name === 'no-mac-spoofing')?.usedBy[0];
  const { body: vm } = await service.request<Vm>('GET', '/v1/vms/vm');
  t.strictSame(user, { vm: vm.uuid, nic: vm.nics[0]?.mac, port: vm.nics[0]?.target });
  const managed = await service.request<{ items: Nwfilter[] }>('GET', '/v1/nwfilters?managed=true');
  t.strictSame(
    managed.body.items.map(({ name }) => name),
    readShippedFilters()
      .map(({ name }) => name)
      .toSorted(),
  );
  t.match(managed.body.items[0], {
    name: 'vdsm-no-mac-spoofing',
    minimumCompatibilityVersion: '3.2',
    coverage: { breaks: [] },
  });
  t.ok(managed.body.items[0]?.coverage?.passes.includes('arp-forged-sender-snap'));
  t.notOk(all.body.items.some(({ managed, coverage }) => !managed && coverage));
  const { body: matrix } = await service.request<AttackMatrix>('GET', '/v1/attack-matrix');
  const rowNames = new Set(matrix.rows.map((row) => row.name));
  t.ok(managed.body.items.every(({ coverage }) => coverage?.passes.every((row) => rowNames.has(row))));

  const paged: string[] = [];
  for (let cursor = ''; ;) {
    const page = await service.request<{ items: Nwfilter[]; nextCursor?: string }>(
      'GET',
      `/v1/nwfilters?limit=7${cursor}`,
    );
    paged.push(...page.body.items.map(({ name }) => name));
    if (page.body.nextCursor === undefined) break;
    cursor = `&cursor=${page.body.nextCursor}`;
  }
  t.strictSame(paged, names);
  t.match(await service.request('GET', '/v1/nwfilters?cursor=x'), {
    status: 400,
    body: { errors: [{ path: 'query/cursor' }] },
  });

  const port = vm.nics[0]?.target ?? '';
  const binding = { port, vm: vm.uuid, vmName: 'vm', mac: vm.nics[0]?.mac, filters };
  t.match((await service.request<{ items: NwfilterBinding[] }>('GET', '/v1/nwfilter-bindings')).body.items, [
    binding,
  ]);
  t.match((await service.request('GET', `/v1/nwfilter-bindings/${port}`)).body, binding);
  t.match(await service.request('GET', '/v1/nwfilter-bindings/none'), {
    status: 404,
    body: { type: '/problems/nwfilter-binding-not-found' },
  });
  await service.request('DELETE', '/v1/vms/vm?force=true');
});

await t.test(
  'a filter of 20 running NICs is replaced by an operation: reads are answered meanwhile, no forged frame goes out',
  async (t) => {
    await service.request('POST', '/v1/nwfilters', {
      name: 'shared',
      entries: [{ ref: 'no-mac-spoofing' }, drop],
    });
    const nics = Array.from({ length: 8 }, () => ({ ...onBridge(), filters: ['shared'] }));
    const { body: vm } = await service.create('busy', nics);
    await service.create('more', [...nics, ...nics.slice(0, 4)], { start: false });
    t.equal((await service.request('POST', '/v1/vms/more/start?paused=true')).status, 200);
    const before = await service.request<Nwfilter>('GET', at('shared'));
    t.equal(before.body.usedBy.length, 20);
    const victim = '52:54:00:00:00:99';
    await using observer = await host.observer('br0');
    await using guest = await (await Guest.attach(host, 'busy')).ready();
    const forged = ethernet({ src: victim, type: 0x0800 });
    const flood = await guest.flood('eth0', [forged]);

    const started = await put('shared', { entries: [{ ref: 'no-mac-spoofing' }, accept] }, 0);
    t.match(started, {
      status: 202,
      headers: { location: /^\/v1\/operations\// },
      body: { kind: 'nwfilter.replace', status: 'running' },
    });
    const reads = await Promise.all(
      [
        at('shared'),
        '/v1/nwfilters',
        '/v1/nwfilter-bindings',
        '/v1/vms',
        '/v1/vms/busy',
        `/v1/vms/busy/nics/${vm.nics[0]?.mac}`,
        '/readyz',
      ].map((path) => service.request('GET', path)),
    );
    const still = await service.request<Operation>('GET', String(started.headers.location));
    t.equal(still.body.status, 'running', 'it goes on when they are answered');
    t.ok(reads.every(({ status }) => status === 200));
    t.strictSame(reads[0]?.body, before.body, 'as it was before');

    const texts = new Set<string>();
    let operation = still.body;
    const verdicts = new Set<string>();
    while (operation.status === 'running') {
      texts.add(operation.progress.text);
      const { body } = await service.request<HostEnforcement>('GET', '/v1/enforcement');
      verdicts.add(
        JSON.stringify([body.counts, body.nics.flatMap(({ findings }) => findings), body.findings]),
      );
      operation = (await service.request<Operation>('GET', String(started.headers.location))).body;
    }
    const allEnforced = {
      enforced: 20,
      unfiltered: 0,
      drifted: 0,
      unenforceable: 0,
      inactive: 0,
      unknown: 0,
    };
    t.strictSame([...verdicts], [JSON.stringify([allEnforced, [], []])], 'at any moment');
    t.match(operation, {
      status: 'succeeded',
      progress: { percent: 100, text: 'the new rules of 20 NICs are in force' },
    });
    t.ok(
      [...texts].some((text) => /new rules of \d+ of 20 NICs are made/.test(text)),
      [...texts].join('; '),
    );
    t.match((await service.request<Nwfilter>('GET', at('shared'))).body, {
      uuid: before.body.uuid,
      entries: [{}, accept],
    });
    t.equal((await rules()).filter((line) => line.includes('-p 0x88b5 -j ACCEPT')).length, 20);
    t.ok((await flood.stop()).sent > 0);
    t.equal(await attempt(guest, vm.nics[0]?.mac ?? '', observer, forged), 0);
    t.equal(
      observer.count((frame) => sourceMac(frame) === victim),
      0,
    );
    await service.request('DELETE', '/v1/vms/more?force=true');
  },
);

await t.test('a change that running NICs cannot take is refused, and all stays', async (t) => {
  const [ruleset, xml] = [await rules(), await host.virsh('nwfilter-dumpxml', 'shared')];
  const same = async (what: string) => {
    t.strictSame(await rules(), ruleset, `the rules are as they were: ${what}`);
    t.equal(await host.virsh('nwfilter-dumpxml', 'shared'), xml, 'and the filter');
  };
  const needs = { entries: [{ ...drop, protocol: 'ip', match: { srcipaddr: '$IP' } }] };
  const refused = await put<{ type: string; usedBy: unknown[] }>('shared', needs);
  t.match(refused, {
    status: 409,
    body: { type: '/problems/nwfilter-breaks-nics', detail: /does not give IP/ },
  });
  t.equal(refused.body.usedBy.length, 8);
  await same('a parameter is missing');

  // a second MAC is not there: libvirt finds out when it makes the rules
  const failed = await put('shared', { entries: [{ ...drop, match: { srcmacaddr: '$MAC[1]' } }] });
  t.match(failed, {
    status: 200,
    body: { status: 'failed', problem: { type: '/problems/libvirt-refused' } },
  });
  await same('libvirt could not make the rules');

  t.match(await service.request('DELETE', at('shared')), {
    status: 409,
    body: { type: '/problems/nwfilter-in-use' },
  });
  await same('it is in use');
  await service.request('DELETE', '/v1/vms/busy?force=true');
  t.match(await service.request('DELETE', at('shared')), { status: 204 });
});

await t.test(
  'XML is taken as it is given; broken XML and JSON get a problem and change nothing',
  async (t) => {
    const asXml = { 'content-type': 'application/xml' };
    const xml = `<filter name='mine' chain='arp-x'><rule action='drop' direction='out'><arp match='no' arpsrcmacaddr='$MAC'/></rule></filter>`;
    const made = await service.request<Nwfilter>('POST', '/v1/nwfilters', xml, asXml);
    t.match(made, {
      status: 201,
      body: { chain: 'arp-x', priority: -500, entries: [{ notMatch: { arpsrcmacaddr: '$MAC' } }] },
    });
    const { body: vm } = await service.create('vm', [{ ...onBridge(), filters: ['mine'] }]);
    t.equal(vm.state, 'running');
    const [ruleset, before] = [await rules(), await host.virsh('nwfilter-dumpxml', 'mine')];

    const cut = fc.tuple(
      fc.nat(xml.length - 1),
      fc.constantFrom('', '<', '&', '"', "'", ' x="y"', 'é', '<!DOCTYPE a>'),
    );
    const brokenXml = cut.map(([at, text]) => xml.slice(0, at) + text + xml.slice(at + 1));
    await fc.assert(
      fc.asyncProperty(brokenXml, async (broken) => {
        const refuses = await service.request('PUT', at('mine'), broken, { ...asXml, 'if-match': '"none"' });
        return [400, 412, 422].includes(refuses.status);
      }),
      { numRuns: 150 },
    );
    const anything = fc.jsonValue().map((value) => ({ name: 'mine', entries: [value] }));
    await fc.assert(
      fc.asyncProperty(
        anything,
        async (broken) => (await service.request('PUT', at('mine'), broken)).status === 400,
      ),
      { numRuns: 100 },
    );
    t.match(
      await service.request('POST', '/v1/vms', xml, asXml),
      { status: 415 },
      'elsewhere XML is not taken',
    );
    t.strictSame(await rules(), ruleset);
    t.equal(await host.virsh('nwfilter-dumpxml', 'mine'), before);
  },
);

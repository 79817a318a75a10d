import t from 'tap';
import { ask, connectedApp, problemOf } from '../helpers/app.js';

/** The one VM that libvirt's test driver begins with. */
const uuid = '6695eb01-f6a4-8304-79aa-97f2502e193f';
const app = await connectedApp(t);
const get = (url: string) => ask(app, { url });

interface List {
  items: { name: string; uuid: string }[];
  nextCursor?: string;
}
async function names(query: string): Promise<string[]> {
  const { items } = (await get(`/v1/vms${query}`)).json<List>();
  return items.map(({ name }) => name);
}

/** Defines VMs beside the first one, with UUIDs in the order of their names. */
async function define(...vms: string[]): Promise<() => Promise<void>> {
  const { connection } = app.libvirt;
  const domains = await Promise.all(
    vms.map((name, i) =>
      connection.domainDefineXMLFlags(
        `<domain type='test'><name>${name}</name><uuid>70000000-0000-4000-8000-00000000000${i}</uuid>
         <memory unit='MiB'>64</memory><os><type>hvm</type></os></domain>`,
      ),
    ),
  );
  return async () => {
    for (const domain of domains) await domain.undefine();
  };
}

await t.test('a VM by its name and by its UUID', async (t) => {
  for (const url of ['/v1/vms/test', `/v1/vms/${uuid}`, `/v1/vms/${uuid.toUpperCase()}`]) {
    const response = await get(url);
    t.equal(response.statusCode, 200);
    t.match(response.json(), {
      uuid,
      name: 'test',
      state: 'running',
      persistent: true,
      autostart: false,
      memoryMiB: 2048,
      vcpus: 2,
      virtType: 'test',
      disks: [{ target: 'vda', path: '/guest/diskimage1' }],
      nics: [
        {
          mac: 'aa:bb:cc:dd:ee:ff',
          source: { type: 'network', network: 'default' },
          target: 'testnet0',
          linkState: 'up',
          filters: [],
          filterParameters: [],
        },
      ],
    });
  }
});

for (const vm of ['missing', '00000000-0000-4000-8000-000000000000', 'a%2Fb', 'x'.repeat(200)]) {
  await t.test(`no such VM: ${vm.slice(0, 40)}`, async (t) => {
    const response = await get(`/v1/vms/${vm}`);
    t.equal(response.statusCode, 404);
    t.match(problemOf(t, response), {
      type: '/problems/vm-not-found',
      libvirt: { code: 'VIR_ERR_NO_DOMAIN' },
    });
  });
}

await t.test('all VMs, page by page, in order of their UUIDs', async (t) => {
  const undefine = await define('vm0', 'vm1', 'vm2');
  t.strictSame(await names(''), ['test', 'vm0', 'vm1', 'vm2']);
  const pages: string[][] = [];
  let cursor = '';
  do {
    const page = (await get(`/v1/vms?limit=3${cursor}`)).json<List>();
    pages.push(page.items.map(({ name }) => name));
    cursor = page.nextCursor === undefined ? '' : `&cursor=${page.nextCursor}`;
  } while (cursor);
  t.strictSame(pages, [['test', 'vm0', 'vm1'], ['vm2']]);
  t.equal((await get('/v1/vms?limit=4')).json<List>().nextCursor, undefined, 'a full last page is the last');
  await undefine();
});

await t.test('VMs by state and by name', async (t) => {
  const undefine = await define('vm0');
  t.strictSame(await names('?state=shutoff'), ['vm0']);
  t.strictSame(await names('?state=running'), ['test']);
  t.strictSame(await names('?name=vm0'), ['vm0']);
  t.strictSame(await names('?name=vm'), [], 'the whole name');
  t.strictSame(await names('?name=vm0&state=running'), []);
  await undefine();
});

const queries: [query: string, field: string][] = [
  ['limit=0', 'query/limit'],
  ['limit=1001', 'query/limit'],
  ['limit=ten', 'query/limit'],
  ['limit=1.5', 'query/limit'],
  ['limit=', 'query/limit'],
  ['state=asleep', 'query/state'],
  ['name=a&name=b', 'query/name'],
  ['cursor=x', 'query/cursor'],
];
for (const [query, path] of queries) {
  await t.test(`refused: ?${query}`, async (t) => {
    const response = await get(`/v1/vms?${query}`);
    t.equal(response.statusCode, 400);
    t.match(problemOf(t, response), { type: '/problems/invalid-request', errors: [{ path }] });
  });
}

await t.test('a VM that runs is not deleted, unless by force', async (t) => {
  const undefine = await define('vm0');
  await using vm = await app.libvirt.connection.lookupDomainByName('vm0');
  await vm.create();
  const refused = await ask(app, { method: 'DELETE', url: '/v1/vms/vm0' });
  t.equal(refused.statusCode, 409);
  t.equal(problemOf(t, refused).type, '/problems/vm-state-conflict');
  const wrong = await ask(app, { method: 'DELETE', url: '/v1/vms/vm0?force=maybe' });
  t.match(problemOf(t, wrong), { status: 400, errors: [{ path: 'query/force' }] });
  t.equal(await vm.isActive(), true);
  await vm.destroy();
  await undefine();
});

await t.test('a VM is stopped, and it is a conflict to stop it again', async (t) => {
  const undefine = await define('vm0');
  await using vm = await app.libvirt.connection.lookupDomainByName('vm0');
  await vm.create();
  const stop = { method: 'POST', url: '/v1/vms/vm0/stop' } as const;
  const stopped = await ask(app, stop);
  t.equal(stopped.statusCode, 200);
  t.match(stopped.json(), { name: 'vm0', state: 'shutoff' });
  t.equal(problemOf(t, await ask(app, stop)).type, '/problems/vm-state-conflict');
  await undefine();
});

await t.test('a VM that is not persistent is gone once it is stopped', async (t) => {
  const vm = await app.libvirt.connection.domainCreateXML(
    `<domain type='test'><name>brief</name><memory>65536</memory><os><type>hvm</type></os></domain>`,
  );
  await vm.close();
  t.match((await get('/v1/vms/brief')).json(), { persistent: false, state: 'running' });
  const stopped = await ask(app, { method: 'POST', url: '/v1/vms/brief/stop' });
  t.match(stopped.json(), { name: 'brief', state: 'shutoff' });
  t.equal((await get('/v1/vms/brief')).statusCode, 404);
});

await t.test('a VM that runs already is not started', async (t) => {
  const response = await ask(app, { method: 'POST', url: '/v1/vms/test/start' });
  t.match(problemOf(t, response), { type: '/problems/vm-state-conflict', status: 409 });
});

await t.test('where libvirt has no network filters nothing is ready and no VM runs', async (t) => {
  const undefine = await define('vm0');
  const requests = [
    { url: '/readyz' },
    { method: 'POST', url: '/v1/vms', payload: { name: 'new', memoryMiB: 64 } },
    { method: 'POST', url: '/v1/vms/vm0/start' },
  ] as const;
  for (const request of requests) {
    const response = await ask(app, request);
    t.match(problemOf(t, response), {
      type: '/problems/libvirt-unsupported',
      status: 501,
      libvirt: { code: 'VIR_ERR_NO_SUPPORT', domain: 'VIR_FROM_NWFILTER', message: /./ },
    });
  }
  t.match((await get('/v1/vms/vm0')).json(), { state: 'shutoff' });
  t.equal((await get('/v1/vms/new')).statusCode, 404);
  await undefine();
});

await t.test('all VMs in short', async (t) => {
  const undefineAll = await define('one', 'two');
  const { items } = (await get('/v1/vm-states')).json<List>();
  t.strictSame(items, [
    { uuid, name: 'test', state: 'running' },
    { uuid: '70000000-0000-4000-8000-000000000000', name: 'one', state: 'shutoff' },
    { uuid: '70000000-0000-4000-8000-000000000001', name: 'two', state: 'shutoff' },
  ]);
  await undefineAll();
});

await t.test('who has a list already need not have it again', async (t) => {
  const domain = await app.libvirt.connection.lookupDomainByName('test');
  for (const url of ['/v1/vms', '/v1/vms?state=running', '/v1/vm-states']) {
    const { etag } = (await get(url)).headers;
    t.type(etag, 'string');
    const again = () => ask(app, { url, headers: { 'if-none-match': String(etag) } });
    t.match(await again(), { statusCode: 304, body: '' }, url);
    await domain.suspend();
    t.equal((await again()).statusCode, 200, 'it has changed');
    await domain.resume();
  }
  await domain.close();
});

await t.test('many who ask at once share a read, and each is told what was so when it asked', async (t) => {
  const all = await Promise.all(Array.from({ length: 50 }, () => get('/v1/vms?limit=1')));
  t.equal(new Set(all.map(({ body }) => body)).size, 1);
  const early = get('/v1/vms');
  const undefineAll = await define('late');
  t.ok((await names('')).includes('late'), 'though a read from before is under way');
  await early;
  await undefineAll();
});

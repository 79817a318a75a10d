import t from 'tap';
import { ask, problemOf, testApp } from '../helpers/app.js';

const app = await testApp(t);
const post = (payload: string | object, contentType = 'application/json') =>
  ask(app, { method: 'POST', url: '/v1/vms', payload, headers: { 'content-type': contentType } });
const ok = { name: 'a', memoryMiB: 64 };
const nic = (change: object): object => ({
  ...ok,
  nics: [{ source: { type: 'network', network: 'default' }, ...change }],
});
const bridge = (name: string): object => nic({ source: { type: 'bridge', bridge: name } });

await t.test('a good body comes through to libvirt', async (t) => {
  const good = [ok, nic({}), nic({ mac: '52:54:00:AA:bb:01' }), bridge('br-0_1.2'), { ...ok, vcpus: 512 }];
  for (const body of good) {
    // libvirt's test driver has no network filters
    t.not((await post(body)).statusCode, 400, JSON.stringify(body));
  }
});

/** Bodies, and the places in them that are wrong. */
const wrong: [what: string, body: object, ...paths: string[]][] = [
  ['nothing', {}, '/memoryMiB', '/name'],
  ['an unknown field', { ...ok, memory: 64 }, '/memory'],
  ['two unknown fields', { ...ok, x: 1, y: 2 }, '/x', '/y'],
  ['a field whose name needs escaping', { ...ok, 'a/b~c': 1 }, '/a~1b~0c'],
  ['a number in quotes', { ...ok, memoryMiB: '64' }, '/memoryMiB'],
  ['a truth in quotes', { ...ok, start: 'true' }, '/start'],
  ['a number for a truth', { ...ok, start: 1 }, '/start'],
  ['a number for a text', { ...ok, name: 5 }, '/name'],
  ['null', { ...ok, description: null }, '/description'],
  ['one thing for a list', { ...ok, nics: {} }, '/nics'],
  ['part of a MiB', { ...ok, memoryMiB: 64.5 }, '/memoryMiB'],
  ['too little memory', { ...ok, memoryMiB: 15 }, '/memoryMiB'],
  ['negative memory', { ...ok, memoryMiB: -64 }, '/memoryMiB'],
  ['no processor', { ...ok, vcpus: 0 }, '/vcpus'],
  ['too many processors', { ...ok, vcpus: 513 }, '/vcpus'],
  ['another hypervisor', { ...ok, virtType: 'xen' }, '/virtType'],
  ['too many NICs', { ...ok, nics: Array(17).fill({ source: { type: 'ethernet' } }) }, '/nics'],
  ['an empty name', { ...ok, name: '' }, '/name'],
  ['a name with a slash', { ...ok, name: 'a/b' }, '/name'],
  ['a name with a line break', { ...ok, name: 'a\n' }, '/name'],
  ['a name that is too long', { ...ok, name: 'a'.repeat(65) }, '/name'],
  ['a control character', { ...ok, description: 'a\u0000b' }, '/description'],
  ['half a surrogate pair', { ...ok, description: 'a\ud800b' }, '/description'],
  ['a relative kernel', { ...ok, boot: { kernel: 'vmlinuz' } }, '/boot/kernel'],
  ['a kernel missing', { ...ok, boot: { cmdline: 'quiet' } }, '/boot/kernel'],
  ['an unknown field of a disk', { ...ok, disks: [{ path: '/a', bus: 'ide' }] }, '/disks/0/bus'],
  ['a NIC without source', { ...ok, nics: [{}] }, '/nics/0/source'],
  ['an unknown field of a NIC', nic({ filter: 'x' }), '/nics/0/filter'],
  [
    'an unknown field of a source',
    nic({ source: { type: 'network', portgroup: 'p' } }),
    '/nics/0/source/portgroup',
  ],
  ['an unknown kind of source', nic({ source: { type: 'internal' } }), '/nics/0/source/type'],
  [
    'faults in two NICs',
    { ...ok, nics: [{}, { source: { type: 'x' } }] },
    '/nics/0/source',
    '/nics/1/source/type',
  ],
  ['faults in several places', { name: '', memoryMiB: '1', x: 1 }, '/memoryMiB', '/name', '/x'],
];

const macs: Record<string, string> = {
  multicast: '01:00:5e:00:00:01',
  'multicast, locally administered': '53:54:00:aa:bb:01',
  broadcast: 'ff:ff:ff:ff:ff:ff',
  'all zero': '00:00:00:00:00:00',
  empty: '',
  'too short': '52:54:00:aa:bb',
  'too long': '52:54:00:aa:bb:01:02',
  'without leading zero': '52:54:0:aa:bb:1',
  'with dashes': '52-54-00-aa-bb-01',
  'without colons': '525400aabb01',
  'not hexadecimal': '52:54:00:aa:bb:0g',
  'with a line break': '52:54:00:aa:bb:01\n',
  'with more behind it': `52:54:00:aa:bb:01'/>`,
};
for (const [what, mac] of Object.entries(macs)) wrong.push([`a MAC, ${what}`, nic({ mac }), '/nics/0/mac']);

for (const name of ['', 'sixteen-letters-', '../../..', 'a b', 'a/b', 'br0\n']) {
  wrong.push([`the bridge "${name}"`, bridge(name), '/nics/0/source/bridge']);
}

for (const [what, body, ...paths] of wrong) {
  await t.test(`refused: ${what.replace('\n', '↵')}`, async (t) => {
    const response = await post(body);
    t.equal(response.statusCode, 400);
    const { type, detail, errors = [] } = problemOf(t, response);
    t.equal(type, '/problems/invalid-request');
    t.strictSame([...new Set(errors.map(({ path }) => path))].sort(), paths);
    for (const { path, message } of errors) t.match(detail, `${path} ${message}`, 'the detail tells it too');
  });
}

await t.test('what is allowed is told', async (t) => {
  const { errors } = problemOf(t, await post({ ...ok, virtType: 'xen' }));
  t.match(errors, [{ path: '/virtType', message: /kvm, qemu$/ }]);
});

await t.test('of very many faults the first are told', async (t) => {
  const many = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`field${i}`, i]));
  t.equal(problemOf(t, await post({ ...ok, ...many })).errors?.length, 20);
});

const bodies: Record<string, string> = {
  'not JSON': '{"name": "a", ',
  empty: '',
  'a list': '[]',
  'a text': '"name"',
  null: 'null',
  'a prototype': '{"name": "a", "memoryMiB": 64, "__proto__": {"start": true}}',
  'a prototype deep inside': '{"name": "a", "memoryMiB": 64, "nics": [{"__proto__": {"source": {}}}]}',
  'a constructor’s prototype': '{"name": "a", "memoryMiB": 64, "constructor": {"prototype": {}}}',
};
for (const [what, text] of Object.entries(bodies)) {
  await t.test(`refused: a body that is ${what}`, async (t) => {
    const response = await post(text);
    t.equal(response.statusCode, 400);
    t.equal(problemOf(t, response).type, '/problems/invalid-request');
  });
}

await t.test('no body at all', async (t) => {
  const response = await ask(app, { method: 'POST', url: '/v1/vms' });
  t.equal(response.statusCode, 400);
  t.equal(problemOf(t, response).type, '/problems/invalid-request');
});

await t.test('a body that is too large', async (t) => {
  const response = await post({ ...ok, description: 'x'.repeat(256 * 1024) });
  t.equal(response.statusCode, 413);
  t.equal(problemOf(t, response).type, '/problems/body-too-large');
});

for (const contentType of [
  'text/plain',
  'application/xml',
  'application/x-www-form-urlencoded',
  'nonsense',
]) {
  await t.test(`a body of type ${contentType}`, async (t) => {
    const response = await post(JSON.stringify(ok), contentType);
    t.equal(response.statusCode, 415);
    t.match(problemOf(t, response), { type: '/problems/unsupported-media-type', detail: /application.json/ });
  });
}

await t.test('a charset is fine', async (t) => {
  t.not((await post(JSON.stringify(ok), 'application/json; charset=utf-8')).statusCode, 415);
});

await t.test('a body that is nested too deeply is refused before anything walks through it', async (t) => {
  for (const depth of [40, 3000, 60_000]) {
    for (const [open, close] of [
      ['[', ']'],
      ['{"a":', '}'],
    ] as const) {
      const payload = `{"name":"x","entries":${open.repeat(depth)}0${close.repeat(depth)}}`;
      if (payload.length > 256 * 1024) continue;
      const headers = { 'content-type': 'application/json', 'idempotency-key': `${open}${depth}` };
      const response = await ask(app, { method: 'POST', url: '/v1/nwfilters', headers, payload });
      t.equal(response.statusCode, 400, `${depth} levels of ${open}`);
      t.match(problemOf(t, response).errors, [{ path: '', message: /nested/ }]);
    }
  }
});

await t.test('a header is held to the document, whatever the case of its letters there', async (t) => {
  for (const key of ['k'.repeat(256), 'a b', '']) {
    const headers = { 'content-type': 'application/json', 'idempotency-key': key };
    const response = await ask(app, { method: 'POST', url: '/v1/vms', headers, payload: ok });
    t.equal(response.statusCode, 400, key);
    t.match(problemOf(t, response).errors, [{ path: 'headers/idempotency-key' }]);
  }
  const long = { 'last-event-id': '1'.repeat(129) };
  t.equal((await ask(app, { url: '/v1/events', headers: long })).statusCode, 400);
});

import { Connection } from 'node-libvirt';
import t from 'tap';
import type { NicInput } from '../../src/schemas/nic.js';
import { checkSource } from '../../src/vms/sources.js';

const connection = await Connection.open('test:///default');
t.teardown(() => connection.close());
const check = (source: NicInput['source']) => checkSource(connection, source, '/nics/0/source');

await t.test('a network on a bridge, and an ethernet interface', async (t) => {
  const network = { type: 'network', network: 'default' } as const;
  t.strictSame(await check(network), network);
  t.strictSame(await check({ type: 'ethernet' }), { type: 'ethernet' });
});

const unfilterable = ['direct', 'hostdev', 'user', 'vhostuser', 'vdpa', 'mcast'] as const;
const refused: [source: NicInput['source'], type: string, field: string][] = [
  ...unfilterable.map((type): [NicInput['source'], string, string] => [
    { type },
    'nic-unfilterable',
    '/type',
  ]),
  [{ type: 'network' }, 'invalid-request', '/network'],
  [{ type: 'network', network: 'default', bridge: 'br0' }, 'invalid-request', '/bridge'],
  [{ type: 'network', network: 'missing' }, 'source-not-found', '/network'],
  [{ type: 'bridge' }, 'invalid-request', '/bridge'],
  [{ type: 'bridge', bridge: 'br0', network: 'default' }, 'invalid-request', '/network'],
  [{ type: 'bridge', bridge: 'no-such-bridge' }, 'source-not-found', '/bridge'],
  [{ type: 'bridge', bridge: 'lo' }, 'source-not-found', '/bridge'],
  [{ type: 'bridge', bridge: '.' }, 'source-not-found', '/bridge'],
  [{ type: 'bridge', bridge: '..' }, 'source-not-found', '/bridge'],
  [{ type: 'ethernet', bridge: 'br0' }, 'invalid-request', '/bridge'],
];
for (const [source, type, field] of refused) {
  await t.test(`${type}: ${JSON.stringify(source)}`, async (t) => {
    await t.rejects(check(source), { type, errors: [{ path: `/nics/0/source${field}` }] });
  });
}

await t.test('a network that cannot be filtered', async (t) => {
  await using network = await connection.networkDefineXML(
    `<network><name>macvtap</name><forward mode='bridge'><interface dev='eth0'/></forward></network>`,
  );
  await t.rejects(check({ type: 'network', network: 'macvtap' }), {
    type: 'nic-unfilterable',
    status: 422,
    errors: [{ path: '/nics/0/source/network', message: /no bridge/ }],
  });
  await network.undefine();
});

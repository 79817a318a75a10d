import t from 'tap';
import { nic } from '../../src/cli/nic.js';
import { installation } from './installation.js';
import { standIn } from './stand-in.js';

const mac = 'aa:bb:cc:dd:ee:ff';
const shown = {
  mac,
  source: { type: 'bridge', bridge: 'br0' },
  target: 'vnet0',
  linkState: 'up',
  filters: ['a', 'b'],
  filterOrigin: 'explicit',
  filterParameters: [{ name: 'IP', value: '10.0.0.2' }],
  synced: true,
};
const row = /^aa:bb:cc:dd:ee:ff {2}bridge br0 {2}vnet0 {2}up {2}a,b {2}yes\n$/;

await t.test('on a service', async (t) => {
  const { run, serve } = installation(t);
  await serve();
  t.match(
    (await run(['nic', 'list', 'test'])).stdout,
    /^MAC +SOURCE +TAP .*\naa:bb:cc:dd:ee:ff +network default /,
  );
  t.match(await run(['nic', 'show', 'test', mac]), { code: 0, stdout: /^mac +aa:bb:.*\ntap +testnet0$/ms });
  t.match(await run(['nic', 'show', 'test', 'aa:bb:cc:dd:ee:00']), { code: 2, stderr: /aa:bb:cc:dd:ee:00/ });
});

await t.test('what nic show says', async (t) => {
  const { told } = await standIn(t, nic);
  const trust = { reason: 'a router', expiresAt: '2031-01-01T00:00:00Z' };
  const { stdout } = await told(['show', 'vm', mac], [200, { ...shown, trust }]);
  for (const line of [
    /^filters +a,b$/m,
    /^parameter +IP=10\.0\.0\.2$/m,
    /^trust +a router, 2031-01-01T00:00:00Z$/m,
  ])
    t.match(stdout, line);
});

await t.test('what nic plug and nic update ask for', async (t) => {
  const { told } = await standIn(t, nic);
  const source = { type: 'bridge', bridge: 'br0' };
  const filters = ['a', 'b'];
  const filterParameters = [
    { name: 'IP', value: '10.0.0.2' },
    { name: 'IP', value: '10.0.0.3' },
  ];
  const filtering = ['--filter=a', '--filter=b', '--parameter=IP=10.0.0.2', '--parameter=IP=10.0.0.3'];
  const plug = 'POST /v1/vms/vm/nics';
  const update = 'PATCH /v1/vms/vm/nics/aa%3Abb%3Acc%3Add%3Aee%3Aff';
  const cases: [args: string[], line: string, body: object][] = [
    [['plug', 'vm', '--bridge', 'br0'], plug, { source }],
    [['plug', 'vm', '--network', 'n'], plug, { source: { type: 'network', network: 'n' } }],
    [
      ['plug', 'vm', '--bridge', 'br0', '--mac', mac, '--model', 'e1000', '--link', 'down', ...filtering],
      plug,
      { source, mac, model: 'e1000', linkState: 'down', filters, filterParameters },
    ],
    [['update', 'vm', mac, '--link', 'down'], update, { linkState: 'down' }],
    [['update', 'vm', mac, ...filtering], update, { filters, filterParameters }],
    [
      ['update', 'vm', mac, '--no-filters', '--trust', 'a router', '--expires', '2031-01-01T00:00:00Z'],
      update,
      { filters: [], trust: { reason: 'a router', expiresAt: '2031-01-01T00:00:00.000Z' } },
    ],
  ];
  for (const [args, line, body] of cases) {
    const { asked, ...outcome } = await told(args, [args[0] === 'plug' ? 201 : 200, shown]);
    t.match(outcome, { code: 0, stdout: row, stderr: '' }, args.join(' '));
    t.strictSame(asked, [[line, body]]);
  }
});

await t.test('nic unplug, of a VM that is off and of one that runs', async (t) => {
  const { told } = await standIn(t, nic);
  const path = '/v1/vms/vm/nics/aa%3Abb%3Acc%3Add%3Aee%3Aff';
  const operation = { id: 'o', kind: 'nic.unplug', status: 'running' };
  t.match(await told(['unplug', 'vm', mac], [204]), { code: 0, stderr: /is unplugged/ });
  t.match(await told(['unplug', 'vm', mac], [202, operation]), {
    stdout: 'nic.unplug running o\n',
    asked: [[`DELETE ${path}`]],
  });
  t.match(
    await told(
      ['unplug', 'vm', mac, '--wait'],
      [202, operation],
      [200, { ...operation, status: 'succeeded' }],
    ),
    {
      code: 0,
      stdout: 'nic.unplug succeeded o\n',
      asked: [[`DELETE ${path}?wait=50`], ['GET /v1/operations/o?wait=50']],
    },
  );
});

await t.test('nic enforcement fails where the kernel does not enforce, or nobody knows', async (t) => {
  const { told } = await standIn(t, nic);
  const findings = [{ code: 'chain-differs', detail: 'It is empty.', remedy: 'repair' }];
  for (const [status, code] of [
    ['enforced', 0],
    ['unfiltered', 0],
    ['drifted', 1],
    ['unknown', 1],
  ] as const) {
    const verdict = {
      vmName: 'vm',
      nic: mac,
      port: 'vnet0',
      status,
      rules: [1, 2],
      drops: { total: 5 },
      findings,
    };
    t.match(await told(['enforcement', 'vm', mac], [200, verdict]), {
      code,
      stdout: `vm ${mac} (vnet0): ${status}\n  chain-differs: It is empty. To mend it: repair.\n  2 rules, 5 frames dropped\n`,
    });
  }
  const repaired = await told(['enforcement', 'vm', mac, '--repair'], [500]);
  t.match(repaired, { code: 3, asked: [[/^POST .*\/enforcement\/repair$/]] });
});

const wrong: [args: string[], says: RegExp][] = [
  [[], /nic wants one of list, show, plug/],
  [['show', 'vm'], /nic show wants VM and MAC/],
  [['plug', 'vm'], /nic plug wants --bridge BRIDGE or --network NETWORK/],
  [['plug', 'vm', '--bridge', 'a', '--network', 'b'], /nic plug wants/],
  [['update', 'vm', mac], /nic update wants --link, --filter/],
  [['update', 'vm', mac, '--filter', 'a', '--no-filters'], /exclude each other/],
  [['update', 'vm', mac, '--parameter', 'IP'], /"IP" is not NAME=VALUE/],
  [['update', 'vm', mac, '--expires', '1d'], /--expires goes with --trust REASON/],
  [['update', 'vm', mac, '--trust', 'x', '--expires', 'soon'], /"soon" is neither/],
];
for (const [args, says] of wrong) {
  await t.test(`wrong use: nic ${args.join(' ')}`, async (t) => {
    const { told } = await standIn(t, nic);
    t.match(await told(args), { code: 2, stdout: '', stderr: says, asked: [] });
  });
}

import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { Schemas } from '../../src/client/index.js';
import { vm } from '../../src/cli/vm.js';
import { installation } from './installation.js';
import { standIn } from './stand-in.js';

await t.test('on a service', async (t) => {
  const { directory, run, serve } = installation(t);
  t.match(await run(['vm', 'list']), { code: 3, stderr: /No service runs here: nobody listens on unix:/ });
  t.notOk(existsSync(join(directory, 'state')), 'who only asks makes nothing');
  await serve();
  const [head, row, ...more] = (await run(['vm', 'list'])).stdout.split('\n');
  t.match(head, /^NAME +STATE +MEMORY +VCPUS +NICS +UUID$/);
  t.match(row, /^test +running +2048 MiB +2 +1 +6695eb01-/);
  t.strictSame(more, ['']);
  t.strictSame(await run(['vm', 'list', '--state', 'paused']), { code: 0, stdout: '', stderr: '' });
  t.match(await run(['vm', 'list', '--state', 'asleep']), { code: 2, stderr: /state/ });
  const listed = JSON.parse((await run(['vm', 'list', '--json'])).stdout) as Schemas['Vm'][];
  t.match(listed, [{ name: 'test', state: 'running' }]);

  const { stdout } = await run(['vm', 'show', 'test']);
  for (const line of [/^name +test$/m, /^memory +2048 MiB$/m, /^disk +vda +\/guest\/diskimage1$/m])
    t.match(stdout, line);
  t.match(stdout, /^nic +aa:bb:cc:dd:ee:ff +network default +testnet0 +up +- +\w+$/m);
  t.match(JSON.parse((await run(['vm', 'show', 'test', '--json'])).stdout), { name: 'test' });
  const refused = await run(['vm', 'show', 'other']);
  t.match(refused, { code: 2, stdout: '', stderr: /There is no VM named other/ });
  t.notMatch(refused.stderr, /--help/, 'it was rightly asked');
  for (const name of ['.', '..', ''])
    t.match(await run(['vm', 'stop', name]), { code: 2, stderr: /nothing is named/ });
  t.match(await run(['nic', 'enforcement', '..', '..']), { code: 2, stderr: /nothing is named/ });

  t.match(await run(['vm', 'shutdown', 'test', '--wait']), { code: 0, stdout: /^vm\.shutdown succeeded / });
  t.match(JSON.parse((await run(['vm', 'list', '--json'])).stdout), [{ state: 'shutoff' }]);
});

await t.test('a list is read to its end', async (t) => {
  const { told } = await standIn(t, vm);
  const shown = { name: 'a', state: 'running', memoryMiB: 64, vcpus: 1, nics: [], uuid: 'u' };
  const listed = await told(
    ['list'],
    [200, { items: [shown], nextCursor: 'n' }],
    [200, { items: [{ ...shown, name: 'b' }] }],
  );
  t.match(listed.stdout, /^a .*\nb /m);
  t.strictSame(listed.asked, [['GET /v1/vms?limit=1000'], ['GET /v1/vms?limit=1000&cursor=n']]);
});

await t.test('what vm create asks for', async (t) => {
  const { directory, told } = await standIn(t, vm);
  const file = join(directory, 'vm.json');
  writeFileSync(file, JSON.stringify({ name: 'a', memoryMiB: 64, vcpus: 2, start: true }));
  const created = [201, { name: 'a', state: 'running' }] as [number, object];
  const cases: [args: string[], body: Partial<Schemas['VmInput']>][] = [
    [['a', '--memory', '1024'], { name: 'a', memoryMiB: 1024 }],
    [
      ['a', '--memory=64', '--vcpus', '2', '--bridge', 'br0', '--network', 'n', '--bridge', 'br1', '--start'],
      {
        name: 'a',
        memoryMiB: 64,
        vcpus: 2,
        start: true,
        nics: [
          { source: { type: 'bridge', bridge: 'br0' } },
          { source: { type: 'bridge', bridge: 'br1' } },
          { source: { type: 'network', network: 'n' } },
        ],
      },
    ],
    [
      [
        'a',
        '--memory',
        '64',
        '--disk',
        '/a',
        '--disk',
        '/b',
        '--cdrom',
        '/c',
        '--kernel',
        '/k',
        '--cmdline',
        'x',
      ],
      {
        name: 'a',
        memoryMiB: 64,
        boot: { kernel: '/k', cmdline: 'x' },
        disks: [{ path: '/a' }, { path: '/b' }],
        cdrom: { path: '/c' },
      },
    ],
    [['--file', file], { name: 'a', memoryMiB: 64, vcpus: 2, start: true }],
    [['b', '--memory', '96', '--file', file], { name: 'b', memoryMiB: 96, vcpus: 2, start: true }],
  ];
  for (const [args, body] of cases) {
    const { asked, ...outcome } = await told(['create', ...args], created);
    t.strictSame(outcome, { code: 0, stdout: 'a running\n', stderr: '' }, args.join(' '));
    t.strictSame(asked, [['POST /v1/vms', body]]);
  }
});

await t.test('what the other verbs ask for', async (t) => {
  const { told } = await standIn(t, vm);
  const shown = { name: 'a', state: 'running' };
  const operation = { id: 'o', kind: 'vm.shutdown', status: 'running' };
  t.match(await told(['start', 'a', '--paused'], [200, shown]), {
    stdout: 'a running\n',
    asked: [['POST /v1/vms/a/start?paused=true']],
  });
  for (const verb of ['stop', 'reboot', 'reset', 'suspend', 'resume'])
    t.match(await told([verb, 'a'], [200, shown]), { code: 0, asked: [[`POST /v1/vms/a/${verb}`]] });
  t.match(await told(['delete', 'a', '--force', '--volumes'], [204]), {
    code: 0,
    stderr: /the VM a is deleted/,
    asked: [['DELETE /v1/vms/a?force=true&volumes=true']],
  });
  t.match(await told(['shutdown', 'a', '--timeout', '9'], [202, operation]), {
    stdout: 'vm.shutdown running o\n',
    asked: [['POST /v1/vms/a/shutdown?timeout=9']],
  });
  const token = `${t.testdir({ token: 'vw_there\n' })}/token`;
  const there = ['qemu+tls://b/system', '--url', 'https://b:7480', '--url-token-file', token];
  const how = ['--not-live', '--tls', '--bandwidth', '9', '--copy-storage', 'all', '--replace-filters'];
  t.match(await told(['migrate', 'a', ...there, ...how], [202, { ...operation, kind: 'vm.migrate' }]), {
    stdout: 'vm.migrate running o\n',
    asked: [
      [
        'POST /v1/vms/a/migrate',
        {
          ...{ destinationUri: 'qemu+tls://b/system', destinationUrl: 'https://b:7480' },
          ...{ destinationToken: 'vw_there', live: false, tls: true, bandwidthMiBps: 9 },
          ...{ copyStorage: 'all', replaceFilters: true },
        },
      ],
    ],
  });
  t.match(await told(['migrate', 'a', 'u', '--url-token-file', '/nowhere']), {
    code: 2,
    stderr: /cannot be read/,
  });
  const problem = { detail: 'The guest does not react.' };
  t.match(
    await told(
      ['shutdown', 'a', '--wait'],
      [202, operation],
      [200, operation],
      [200, { ...operation, status: 'failed', problem }],
    ),
    {
      code: 1,
      stderr: 'The guest does not react.',
      asked: [
        ['POST /v1/vms/a/shutdown?wait=50'],
        ['GET /v1/operations/o?wait=50'],
        ['GET /v1/operations/o?wait=50'],
      ],
    },
  );
});

const wrong: [args: string[], says: RegExp][] = [
  [[], /vm wants one of list, show, create, start/],
  [['remove'], /vm wants one of/],
  [['list', 'a'], /vm list wants no names/],
  [['show'], /vm show wants VM/],
  [['stop', 'a', 'b'], /vm stop wants VM/],
  [['create'], /vm create wants NAME and --memory MIB, or --file FILE/],
  [['create', 'a'], /vm create wants/],
  [['create', 'a', '--memory', '1G'], /--memory wants a whole number, not "1G"/],
  [['create', 'a', '--memory', '64', '--initrd', '/i'], /go with --kernel/],
  [['create', '--file', '/missing'], /\/missing cannot be read as JSON/],
  [['create', '--file', '/dev/null'], /cannot be read as JSON/],
  [['shutdown', 'a', '--timeout', 'soon'], /--timeout wants a whole number/],
];
for (const [args, says] of wrong) {
  await t.test(`wrong use: vm ${args.join(' ')}`, async (t) => {
    const { told } = await standIn(t, vm);
    t.match(await told(args), { code: 2, stdout: '', stderr: says, asked: [] });
  });
}

import t from 'tap';
import { service } from '../../scripts/lib/service.mjs';
import { startHost } from '../hosts/index.js';
import { forGroup, installUnit, readUnit, unitDirectory } from './systemd-unit.js';

/** Of ten times systemd's exposure: 0 is a service that may do nothing, 96 one whose unit says nothing. */
const mostExposed = 25;

await using host = await startHost(forGroup);
await installUnit(host);
/** A copy of the unit, with its drop-in or without, that names the node which is there. */
const copy = async (name: string, dropIns: boolean): Promise<string> => {
  const script = `cp -r "$1" "$2" && sed -i s:/usr/bin/node:/opt/node: "$2/virtwarden.service"${dropIns ? '' : ' && rm -r "$2/virtwarden.service.d"'}`;
  const directory = `${host.dir}/${name}`;
  await host.run('sh', ['-c', script, 'sh', unitDirectory, directory]);
  return `${directory}/virtwarden.service`;
};
for (const dropIns of [false, true]) {
  await t.test(`systemd takes the unit ${dropIns ? 'with' : 'without'} its drop-in`, async (t) => {
    const unit = await copy(dropIns ? 'both' : 'alone', dropIns);
    // what it does not know it ignores, and says so
    t.equal(await host.run('sh', ['-c', 'systemd-analyze verify "$1" 2>&1', 'sh', unit]), '');
    const analysis = ['security', '--offline=true', `--threshold=${mostExposed}`, '--no-pager', unit];
    t.match(await host.run('systemd-analyze', analysis), /Overall exposure level for virtwarden.service: \d/);
  });
}

await t.test('a socket can be given to a group, whose users reach it', async (t) => {
  const unit = await readUnit('virtwarden.service');
  const calls = unit.get('SystemCallFilter') ?? [];
  // ~@privileged takes both away, and Node.js makes one or the other
  for (const call of ['chown', 'fchownat']) t.ok(calls.indexOf(call) > calls.indexOf('~@privileged'), call);
  t.strictSame(unit.get('RuntimeDirectoryMode'), ['0755']);
});

await t.test('the unit runs the service as npm start does', async (t) => {
  const unit = await readUnit('virtwarden.service');
  const [, ...args] = unit.get('ExecStart') ?? [];
  const checkout = new URL('../../', import.meta.url).pathname;
  t.strictSame(
    args.map((arg) => arg.replace('/usr/lib/virtwarden/', checkout)),
    service.args,
  );
  t.strictSame(
    unit.get('Environment'),
    Object.entries(service.env).map(([name, value]) => `${name}=${value}`),
  );
});

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import manifest from '../../package.json' with { type: 'json' };
import { licencesLost } from '../helpers/licences.js';
import { run, startHost } from '../hosts/index.js';
import { Booted } from './booted.js';
import { buildPackage, inRoot, installPackage, newerPackage } from './installed.js';
import { Watched } from './watched.js';

const checkout = new URL('../../', import.meta.url).pathname;
const settings = { listen: 'unix:/run/virtwarden/api.sock' };

const directory = await mkdtemp(join(tmpdir(), 'virtwarden-package-'));
t.teardown(() => rm(directory, { recursive: true, force: true }));
const deb = await buildPackage();
const root = await installPackage(deb, directory);
const lib = join(root, 'usr/lib/virtwarden');

await t.test('what it installs is what the service runs with, for root alone to change', async (t) => {
  t.equal((await run('dpkg-deb', ['--field', deb, 'Version'])).trim(), manifest.version);
  t.equal((await inRoot(root, 'virtwarden', '--version')).trim(), manifest.version);
  t.match(await readFile(join(lib, 'dist/web/index.html'), 'utf8'), /<script type="module"/, 'with the page');
  const wrong = ['(', '!', '-user', 'root', '-o', '-perm', '/7022', ')', '!', '-type', 'l'];
  t.equal(await run('find', [lib, join(root, 'etc/virtwarden'), ...wrong]), '');
  const compiled = await run('find', [lib, '-name', '*.node', '-o', '-name', '*.cc', '-o', '-name', '*.map']);
  t.strictSame(compiled.trim().split('\n').toSorted(), [
    join(lib, 'node-libvirt/build/Release/node_libvirt.node'),
    join(lib, 'node-linux/build/Release/node_linux.node'),
  ]);
  t.match(
    await inRoot(root, 'getent', 'passwd', 'virtwarden'),
    /:\/var\/lib\/virtwarden:\/usr\/sbin\/nologin$/m,
  );
  t.match(await inRoot(root, 'getent', 'group', 'libvirt'), /^libvirt:/);
});

await t.test('it carries its licences, and names them', async (t) => {
  t.strictSame(await licencesLost(lib), []);
  const copyright = await readFile(join(root, 'usr/share/doc/virtwarden/copyright'), 'utf8');
  t.match(copyright, /^Files: node_modules\/fastify\/\*\nCopyright: .*\nLicense: MIT\n/m);
});

await t.test('systemd takes the unit as it is installed', async (t) => {
  const verify = 'systemd-analyze verify --root="$1" virtwarden.service 2>&1';
  t.equal(await run('sh', ['-c', verify, 'sh', root]), '');
});

await t.test('installed, upgraded, removed and purged beside a VM, which does not notice', async (t) => {
  const [, , gid] = (await inRoot(root, 'getent', 'group', 'libvirt')).split(':');
  await writeFile(join(root, 'etc/virtwarden/virtwarden.json'), JSON.stringify(settings));
  await using host = await startHost({
    libvirtdConf: [`unix_sock_group = "+${gid ?? ''}"`, 'unix_sock_rw_perms = "0770"'],
  });
  const vm = await Watched.prepare(host, root);
  await using system = await Booted.start(host, root);

  await t.test('it serves, as systemd knows, and makes a VM that is enforced', async (t) => {
    t.equal(await system.show('ActiveState'), 'active');
    await system.until('StatusText', /connected to/);
    await vm.create(system);
    t.match(await system.show('StatusText'), /^serving on unix:.*; connected to qemu:\/\/\/system$/);
    t.strictSame(await vm.lacks(system), []);
  });
  const before = await vm.look();

  await t.test('the watchdog starts it anew when it hangs, and not when libvirt is away', async (t) => {
    await system.run('mkdir', '/run/systemd/system/virtwarden.service.d');
    const dropIn = system.path('/run/systemd/system/virtwarden.service.d/watchdog.conf');
    await writeFile(dropIn, '[Service]\nWatchdogSec=2\n');
    await system.run('systemctl', 'daemon-reload');
    await system.run('systemctl', 'restart', 'virtwarden');
    const pid = await system.show('MainPID');
    await system.run('systemctl', 'kill', '--signal=STOP', '--kill-whom=main', 'virtwarden');
    await system.until('NRestarts', /^1$/);
    await system.until('StatusText', /connected to/);
    t.not(await system.show('MainPID'), pid);
    await host.libvirtd.stop();
    await system.until('StatusText', /waiting for libvirt: ./);
    for (let i = 0; i < 3; i++) {
      const sign = await system.show('WatchdogTimestampMonotonic');
      await system.until('WatchdogTimestampMonotonic', new RegExp(`^(?!${sign}$)`));
    }
    await host.libvirtd.start();
    await system.until('StatusText', /connected to/);
    t.equal(await system.show('NRestarts'), '1');
    t.strictSame(await vm.look(), before);
  });

  await t.test('an upgrade starts the new one', async (t) => {
    const pid = await system.show('MainPID');
    const version = `${manifest.version}+newer`;
    const newer = await newerPackage(deb, directory, version);
    await run('cp', [newer, join(root, 'newer.deb')]);
    await system.run('dpkg', '--install', '/newer.deb');
    t.equal(await system.run('dpkg-query', '--show', '--showformat=${Version}', 'virtwarden'), version);
    t.not(await system.show('MainPID'), pid);
    await system.until('StatusText', /connected to/);
    t.match(await vm.enforcement(system), { counts: { enforced: 1 }, findings: [] });
    t.strictSame(await vm.look(), before);
  });

  await t.test('removed, it leaves its state, the VM and what keeps it', async (t) => {
    const said = await system.run('dpkg', '--remove', 'virtwarden');
    t.match(said, /Running VMs stay as they are/);
    t.match(said, /\/var\/lib\/virtwarden and \/etc\/virtwarden are kept/);
    t.equal(await system.show('ActiveState'), 'inactive');
    const kept = await system.run('ls', '/var/lib/virtwarden', '/etc/virtwarden');
    t.match(kept, /virtwarden\.json[^]*tokens\.json/);
    t.strictSame(await vm.look(), before);
  });

  await t.test('purged, it leaves the VM and what keeps it', async (t) => {
    t.match(await system.run('dpkg', '--purge', 'virtwarden'), /Running VMs stay as they are/);
    await t.rejects(system.run('ls', '-d', '/var/lib/virtwarden'));
    await t.rejects(system.run('ls', '-d', '/etc/virtwarden', '/usr/lib/virtwarden'));
    await t.rejects(system.run('ls', '-d', '/var/lib/libvirt/images/virtwarden-seeds'));
    t.strictSame(await vm.look(), before);
  });

  await t.test('the rest is taken away by hand as the page says', async (t) => {
    const page = await readFile(join(checkout, 'docs/operate/upgrade.md'), 'utf8');
    const [, commands = ''] = /```sh\n(nft [^]*?)```/.exec(page) ?? [];
    await host.run('sh', ['-euc', commands]);
    t.notMatch(await host.run('nft', ['list', 'tables']), 'virtwarden');
    t.strictSame(await vm.look(), { ...before, guard: '' });
  });
});

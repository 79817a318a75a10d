import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { codeIn } from '../docs/markdown.js';
import { run } from '../hosts/index.js';
import { daemonSet, podOf } from '../packaging/kubernetes.js';

const page = await readFile(new URL('../../docs/operate/kubernetes.md', import.meta.url), 'utf8');
const [prepare = ''] = codeIn(page, 'Prepare a host', 'sh');
const { pod } = podOf(daemonSet);
const { runAsUser = 0, runAsGroup = 0 } = pod.securityContext ?? {};

/** Users and directories of its own, which nobody else sees. */
const alone = `
mkdir -p "$0/etc" "$0/lib/libvirt/images"
cp -a /etc/. "$0/etc"
mount --bind "$0/etc" /etc
mount --bind "$0/lib" /var/lib
`;
const look = `
getent passwd ${runAsUser}
getent group ${runAsGroup}
stat -c '%n %u:%g %a' /var/lib/virtwarden /var/lib/libvirt/images/virtwarden-seeds
`;

await t.test('a host that is prepared as the page says has what the pod needs', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'virtwarden-host-'));
  t.teardown(() => rm(directory, { recursive: true }));
  const script = [alone, prepare, look].join('\n');
  const said = await run('unshare', ['--mount', 'sh', '-euc', script, directory]);
  t.strictSame(said.trim().split('\n'), [
    `virtwarden:x:${runAsUser}:${runAsGroup}::/var/lib/virtwarden:/usr/sbin/nologin`,
    `virtwarden:x:${runAsGroup}:`,
    `/var/lib/virtwarden ${runAsUser}:${runAsGroup} 700`,
    `/var/lib/libvirt/images/virtwarden-seeds ${runAsUser}:${runAsGroup} 711`,
  ]);
  const state = pod.volumes?.find(({ name }) => name === 'state');
  t.equal(state?.hostPath?.path, '/var/lib/virtwarden');
});

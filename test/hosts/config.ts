import { randomUUID } from 'node:crypto';
import { copyFile, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Where Debian's libvirt-daemon-config-nwfilter keeps the stock filters, as they were shipped. */
const stockFilters = '/usr/share/libvirt/nwfilter';

export interface ConfigOptions {
  baseFilters: boolean;
  /** Further lines, which win over the ones here. */
  qemuConf: string[];
  libvirtdConf: string[];
}

const qemuConf = [
  // The namespaces are the wall; root everywhere, and nothing that would look for a wall of its own.
  'user = "root"',
  'group = "root"',
  'dynamic_ownership = 0',
  'remember_owner = 0',
  'security_driver = "none"',
  'cgroup_controllers = [ ]',
  'namespaces = [ ]',
];

const libvirtdConf = ['auth_unix_ro = "none"', 'auth_unix_rw = "none"', 'unix_sock_rw_perms = "0777"'];

/** Writes what becomes /etc/libvirt: made afresh, since the machine's own names the machine's VMs and networks. */
export async function writeConfig(etc: string, options: ConfigOptions): Promise<void> {
  const settings = (own: string[], more: string[]): string => {
    const names = new Set(more.map((line) => line.split('=')[0]?.trim()));
    return [...own.filter((line) => !names.has(line.split('=')[0]?.trim())), ...more, ''].join('\n');
  };
  await mkdir(join(etc, 'nwfilter'), { recursive: true });
  await writeFile(join(etc, 'qemu.conf'), settings(qemuConf, options.qemuConf));
  await writeFile(
    join(etc, 'libvirtd.conf'),
    settings([...libvirtdConf, `host_uuid = "${randomUUID()}"`], options.libvirtdConf),
  );
  await writeFile(join(etc, 'virtlogd.conf'), '');
  if (!options.baseFilters) return;
  for (const file of await readdir(stockFilters)) {
    await copyFile(join(stockFilters, file), join(etc, 'nwfilter', file));
  }
}

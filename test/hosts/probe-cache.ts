import { access, cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { cached, cacheRoot, contentKey } from './cache.js';
import { run } from './command.js';
import type { TestHost } from './host.js';

/** Where libvirt's findings about this QEMU are kept; may not exist yet. libvirt itself drops what has become stale. */
export async function capabilitiesCache(): Promise<string> {
  const versions = [await run('libvirtd', ['--version']), await run('qemu-system-x86_64', ['--version'])];
  return join(cacheRoot, `qemu-capabilities-${await contentKey(versions)}`);
}

/** Keeps what a new host's libvirt found out, so that the next need not probe. */
export async function keepCapabilities(host: TestHost, dir: string): Promise<void> {
  const found = await access(dir).then(
    () => true,
    () => false,
  );
  if (found) return;
  // libvirt probes at the first need, not at its start.
  await host.virsh('domcapabilities', '--virttype', 'qemu', '--machine', 'q35');
  const inside = `/proc/${host.pid}/root/var/cache/libvirt`;
  await cached(dir.slice(cacheRoot.length + 1), async (draft) => {
    await mkdir(join(draft, 'qemu'), { recursive: true });
    await cp(join(inside, 'qemu'), join(draft, 'qemu'), { recursive: true, preserveTimestamps: true });
  });
}

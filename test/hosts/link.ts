import { run } from './command.js';
import type { TestHost } from './host.js';

/** Joins two hosts by a cable: an interface `name` in each, with these addresses (CIDR). For migration between them. */
export async function joinHosts(
  a: TestHost,
  b: TestHost,
  addresses: [string, string],
  name = 'wire0',
): Promise<void> {
  const peer = ['peer', 'name', name, 'netns', String(b.pid)];
  // Both ends come into being where they belong: the machine never has either.
  await run('ip', ['link', 'add', 'name', name, 'netns', String(a.pid), 'type', 'veth', ...peer]);
  for (const [i, host] of [a, b].entries()) {
    await host.run('ip', ['addr', 'add', addresses[i] ?? '', 'dev', name]);
    await host.run('ip', ['link', 'set', name, 'up']);
  }
}

/** What a host's qemu.conf needs so that VMs can come to it over that cable. */
export const migrationConf = (address: string): string[] => [
  `migration_host = "${address}"`,
  'migration_address = "0.0.0.0"',
];

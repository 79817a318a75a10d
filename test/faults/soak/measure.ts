import { readdir, readFile } from 'node:fs/promises';
import type { Census } from '../../fuzz/census.js';
import type { TestHost } from '../../hosts/index.js';

/** What a process has. */
export interface Usage {
  memoryMB: number;
  handles: number;
}

export async function usageOf(pid: number): Promise<Usage> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const kib = Number(/^VmRSS:\s*(\d+) kB$/m.exec(status)?.[1]);
  return { memoryMB: (kib * 1024) / 1e6, handles: (await readdir(`/proc/${pid}/fd`)).length };
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;

/** Fewer looks than this say nothing of how it goes on. */
const enough = 15;
const mostGrowth = 1.1;

/** What has grown between the second and the last fifth of the looks at one process. */
export function grown(looks: readonly Usage[]): string[] {
  if (looks.length < enough) return [];
  const fifth = Math.floor(looks.length / 5);
  return (['memoryMB', 'handles'] as const).flatMap((what) => {
    const [early, late] = [looks.slice(fifth, 2 * fifth), looks.slice(-fifth)].map((some) =>
      median(some.map((one) => one[what])),
    ) as [number, number];
    return late > early * mostGrowth ? [`${what} went from ${early.toFixed(1)} to ${late.toFixed(1)}`] : [];
  });
}

const linesOf = (text: string): string[] => text.split('\n').filter((line) => line.trim() !== '');

/** All that VMs, and changes of them, may leave on a host. */
export async function takeCensus(host: TestHost): Promise<Census> {
  const commands = {
    vms: 'virsh -q list --all --name',
    filters: 'virsh -q nwfilter-list | sort',
    'nft tables': 'nft list tables | grep virtwarden || true',
    guards: 'nft list table netdev virtwarden_guard | grep -o "tap_[^ ]*" | sort -u || true',
    'network devices': 'ls /sys/class/net',
    // what libvirtd leaves beside it when it is killed is its own
    files: `find ${host.dir}/state/journal /var/lib/libvirt/qemu/save /var/lib/libvirt/qemu/nvram -xdev ! -type d`,
    QEMUs: 'ls -d /proc/[0-9]*/exe | xargs -n1 readlink | grep -c qemu-system',
  };
  const told = Object.entries(commands).map(async ([kind, command]): Promise<[string, string[]]> => [
    kind,
    linesOf(await host.run('sh', ['-c', command])),
  ]);
  return { ...Object.fromEntries(await Promise.all(told)), ...(await host.leftovers()) };
}

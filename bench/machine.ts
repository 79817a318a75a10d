import { cpus, release, totalmem } from 'node:os';
import { run } from '../test/hosts/index.js';

/** What the figures were measured on. */
export interface Machine {
  cpu: string;
  cores: number;
  memoryGiB: number;
  kernel: string;
  node: string;
  versions: Record<string, string>;
}

const packages = [
  'libvirt-daemon',
  'python3',
  'python3-fastapi',
  'uvicorn',
  'libvirt-dbus',
  'nghttp2-client',
];

async function versions(): Promise<Record<string, string>> {
  const said = await run('dpkg-query', ['--show', '--showformat=${Package}\\t${Version}\\n', ...packages]);
  const lines = said.trim().split('\n');
  return Object.fromEntries(lines.map((line) => line.split('\t') as [string, string]));
}

export const describeMachine = async (): Promise<Machine> => ({
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: cpus().length,
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  kernel: release(),
  node: process.version,
  versions: await versions(),
});

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestHost } from '../hosts/index.js';
import type { ImageConfig } from './buildah.js';

export interface ContainerOptions {
  config: ImageConfig;
  /** The image's files. */
  root: string;
  env: Record<string, string>;
  /** From the host to the container. */
  binds: Record<string, string>;
  uid: number;
  /** Groups of the host. */
  groups: number[];
}

const bind = ([source, destination]: [string, string]): object => ({
  destination,
  type: 'bind',
  source,
  options: ['rbind', 'rw', 'nosuid', 'nodev'],
});

const filesystem = (type: string, destination: string, ...options: string[]): object => ({
  destination,
  type,
  source: type,
  options: ['nosuid', ...options],
});

/**
 * What runtimes are told, as `docker run --read-only --network host --cap-drop ALL --cap-add NET_ADMIN` has it.
 * @see https://github.com/opencontainers/runtime-spec/blob/main/config.md
 */
const specOf = ({ config, root, env, binds, uid, groups }: ContainerOptions): object => ({
  ociVersion: '1.0.2',
  process: {
    user: { uid, gid: uid, additionalGids: groups },
    args: [...config.Entrypoint, ...config.Cmd],
    env: [...config.Env, ...Object.entries(env).map(([name, value]) => `${name}=${value}`)],
    cwd: '/',
    // to a user that is not root no engine gives more than the right to have it given
    capabilities: { bounding: ['CAP_NET_ADMIN'] },
  },
  root: { path: root, readonly: true },
  mounts: [
    filesystem('proc', '/proc', 'noexec', 'nodev'),
    filesystem('tmpfs', '/dev', 'strictatime', 'mode=755', 'size=65536k'),
    filesystem('sysfs', '/sys', 'noexec', 'nodev', 'ro'),
    filesystem('tmpfs', '/tmp', 'nodev', 'mode=1777'),
    ...Object.entries(binds).map(bind),
  ],
  linux: { namespaces: ['mount', 'pid', 'ipc', 'uts'].map((type) => ({ type })) },
});

/** crun, which wants to see control groups of some kind, where a host has none. */
const runtime = (host: TestHost): string[] => [
  ...['unshare', '--mount', 'sh', '-c', 'mount -t tmpfs tmpfs /sys/fs/cgroup && exec "$@"', 'sh'],
  ...['crun', '--cgroup-manager=disabled', '--root', join(host.dir, 'crun')],
];

/** The command that runs an image in a host. */
export async function containerCommand(
  host: TestHost,
  name: string,
  options: ContainerOptions,
): Promise<string[]> {
  const bundle = join(host.dir, name);
  await mkdir(bundle);
  await writeFile(join(bundle, 'config.json'), JSON.stringify(specOf(options)));
  return [...runtime(host), 'run', '--bundle', bundle, name];
}

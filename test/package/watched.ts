import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Host } from '../../src/schemas/host.js';
import type { Vm } from '../../src/schemas/vm.js';
import type { TestHost } from '../hosts/index.js';
import { type Answer, call } from '../integration/http.js';
import { onBridge } from '../integration/service.js';
import { installedBoot, installImages } from '../integration/systemd-unit.js';
import type { Booted } from './booted.js';

const name = 'vm';

/** A VM that an installed service makes, and what protects it. */
export class Watched {
  readonly #host: TestHost;
  readonly #root: string;

  private constructor(host: TestHost, root: string) {
    this.#host = host;
    this.#root = root;
  }

  /** Makes a host ready for it: with the guest's files, and a name for the service's user. */
  static async prepare(host: TestHost, root: string): Promise<Watched> {
    await installImages(host);
    // libvirtd refuses who has no name on its host
    for (const file of ['passwd', 'group']) {
      const installed = await readFile(join(root, 'etc', file), 'utf8');
      const own = installed.split('\n').filter((line) => line.startsWith('virtwarden:'));
      const copy = join(host.dir, file);
      await writeFile(copy, `${await readFile(`/etc/${file}`, 'utf8')}${own.join('\n')}\n`);
      await host.run('mount', ['--bind', copy, `/etc/${file}`]);
    }
    return new Watched(host, root);
  }

  /** @throws Error unless it was made, and runs enforced */
  async create(system: Booted): Promise<void> {
    const boot = await installedBoot();
    const vm = { name, memoryMiB: 96, start: true, boot, nics: [onBridge()] };
    const made = await this.#request<Vm>(system, 'POST', '/v1/vms', vm);
    if (made.status !== 201 || made.body.state !== 'running') throw new Error(JSON.stringify(made.body));
  }

  async enforcement(system: Booted): Promise<unknown> {
    return (await this.#request(system, 'GET', '/v1/enforcement')).body;
  }

  async lacks(system: Booted): Promise<string[]> {
    return (await this.#request<Host>(system, 'GET', '/v1/host')).body.lacks.map(({ code }) => code);
  }

  /** What the host has of it, the service apart. */
  async look(): Promise<{ qemu: string; bindings: string; rules: string; guard: string }> {
    const host = this.#host;
    const guard = ['-s', 'list', 'table', 'netdev', 'virtwarden_guard'];
    return {
      qemu: `${await host.virsh('domstate', name)} ${await host.run('pgrep', ['-f', `guest=${name},`])}`,
      bindings: await host.virsh('nwfilter-binding-list'),
      rules: await host.run('ebtables', ['-t', 'nat', '-L']),
      guard: await host.run('nft', guard).catch(() => ''),
    };
  }

  async #request<T>(system: Booted, method: string, path: string, body?: unknown): Promise<Answer<T>> {
    const token = (await readFile(join(this.#root, 'var/lib/virtwarden/admin.token'), 'utf8')).trim();
    return call<T>(system.path('/run/virtwarden/api.sock'), method, path, { body, token });
  }
}

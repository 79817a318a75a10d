import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../hosts/index.js';

/** What an image says of how it is run. */
export interface ImageConfig {
  User: string;
  Env: string[];
  Entrypoint: string[];
  Cmd: string[];
  /** The command by which an engine finds out whether it is well, behind the word CMD. */
  Healthcheck: { Test: string[] };
}

const timeoutMs = 900_000;

/** buildah with a storage of its own, which nobody else sees and which is gone with it. It needs no engine. */
export class Buildah implements AsyncDisposable {
  readonly #storage: string;

  private constructor(storage: string) {
    this.#storage = storage;
  }

  static async open(): Promise<Buildah> {
    return new Buildah(await mkdtemp(join(tmpdir(), 'virtwarden-images-')));
  }

  /** Runs one of its commands; gives what it prints. */
  async run(...args: string[]): Promise<string> {
    const where = [
      '--storage-driver=vfs',
      '--root',
      join(this.#storage, 'root'),
      '--runroot',
      join(this.#storage, 'run'),
    ];
    return (await run('buildah', [...where, ...args], { timeoutMs })).trim();
  }

  /** Makes an image of a directory. */
  async commit(directory: string, image: string, env: readonly string[]): Promise<void> {
    const container = await this.run('from', 'scratch');
    await this.run('add', '--quiet', container, directory, '/');
    await this.run('config', ...env.map((one) => `--env=${one}`), container);
    await this.run('commit', '--quiet', container, image);
    await this.run('rm', container);
  }

  /** Builds the image of a checkout, as its Dockerfile says. */
  async build(checkout: string, image: string): Promise<void> {
    const how = ['--isolation=chroot', '--network=host', '--pull-never', '--format=docker', '--layers=false'];
    await this.run('build', '--quiet', ...how, '--tag', image, checkout);
  }

  async config(image: string): Promise<ImageConfig> {
    const said = await this.run('inspect', '--type=image', image);
    return (JSON.parse(said) as { Docker: { config: ImageConfig } }).Docker.config;
  }

  /** The files of an image, in a directory. */
  async mount(image: string): Promise<string> {
    return this.run('mount', await this.run('from', '--pull-never', image));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.run('rm', '--all');
    await rm(this.#storage, { recursive: true, force: true });
  }
}

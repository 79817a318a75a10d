import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { Test } from 'tap';

const entry = new URL('../../scripts/demo/index.ts', import.meta.url).pathname;

/** The demo as it runs once the machine is set up, with a directory of its own for what it leaves lying about. */
export class Demo {
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;
  readonly #temporary: string;
  readonly #ended: Promise<unknown[]>;
  printed = '';

  private constructor(child: ChildProcessByStdio<null, Readable, Readable>, temporary: string) {
    this.#child = child;
    this.#temporary = temporary;
    this.#ended = once(child, 'close');
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (this.printed += text));
  }

  static async start(t: Test, ...args: string[]): Promise<Demo> {
    // short, for unix sockets lie below it
    const temporary = await mkdtemp(join(tmpdir(), 'vw-demo-'));
    t.teardown(() => rm(temporary, { recursive: true }));
    const child = spawn(process.execPath, ['--import=tsx', entry, ...args], {
      env: { ...process.env, TMPDIR: temporary, TSX_DISABLE_CACHE: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return new Demo(child, temporary);
  }

  async printedSo(far: RegExp): Promise<void> {
    while (!far.test(this.printed)) {
      const more = await Promise.race([once(this.#child.stdout, 'data'), this.#ended.then(() => undefined)]);
      if (more === undefined) throw new Error(`it ended, and had printed:\n${this.printed}`);
    }
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Its exit code. */
  async ended(): Promise<unknown> {
    const [code] = await this.#ended;
    return code;
  }

  /** The PID namespaces in which processes run that it started: its hosts. */
  async namespaces(): Promise<Set<string>> {
    const own = await readlink('/proc/self/ns/pid');
    const found = (await readdir('/proc')).map(async (pid) => {
      const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
      if (!environment.includes(`TMPDIR=${this.#temporary}\0`)) return own;
      return readlink(`/proc/${pid}/ns/pid`).catch(() => own);
    });
    const all = new Set(await Promise.all(found));
    all.delete(own);
    return all;
  }

  /** The processes that run in these. */
  async processes(namespaces: Set<string>): Promise<string[]> {
    const found = (await readdir('/proc')).map(async (pid) => {
      const its = await readlink(`/proc/${pid}/ns/pid`).catch(() => '');
      return namespaces.has(its) ? [pid] : [];
    });
    return (await Promise.all(found)).flat();
  }

  /** What there is of these hosts: processes, mounts, files. */
  async left(namespaces: Set<string>): Promise<string[]> {
    const mounts = (await readFile('/proc/self/mountinfo', 'utf8')).split('\n');
    return [
      ...(await this.processes(namespaces)),
      ...mounts.filter((mount) => mount.includes(this.#temporary)),
      ...(await readdir(this.#temporary)),
    ];
  }
}

import { readFile, readdir, readlink, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { run } from './command.js';
import type { Namespaces } from './namespaces.js';
import type { Programs } from './native.js';

/** The libvirt daemon of a test host, to be killed, stopped and started at will. */
export class Libvirtd {
  readonly #ns: Namespaces;
  readonly #programs: Programs;
  readonly #pidFile: string;
  #pid: number | undefined;

  constructor(ns: Namespaces, programs: Programs, dir: string) {
    this.#ns = ns;
    this.#programs = programs;
    this.#pidFile = join(dir, 'run', 'libvirtd-test.pid');
  }

  /** Its pid as seen from outside; undefined while it does not run. */
  get pid(): number | undefined {
    return this.#pid;
  }

  /** Starts it; resolves when its drivers are up and it answers. */
  async start(): Promise<void> {
    await this.#ns.run('libvirtd', ['-d', '-p', '/run/libvirt/libvirtd-test.pid']);
    this.#pid = await outerPid(this.#ns.pid, Number(await readFile(this.#pidFile, 'utf8')));
    await this.#ns.run('virsh', ['-c', 'qemu:///system', 'uri']);
  }

  /** Sends a signal; resolves when the process has ended (SIGKILL, SIGTERM) or stands still (SIGSTOP). */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const pid = this.#pid;
    if (!pid) throw new Error('libvirtd is not running');
    process.kill(pid, signal);
    // A stop takes hold of thread after thread, and nothing but /proc tells when it has the last.
    while (signal === 'SIGSTOP' && !(await isStopped(pid))) await setImmediate();
    if (signal !== 'SIGKILL' && signal !== 'SIGTERM') return;
    this.#pid = undefined;
    await run(this.#programs['await-exit'], [String(pid)]);
    // What a killed daemon leaves would keep the next from starting only if it were locked; it is stale, though.
    await rm(this.#pidFile, { force: true });
  }

  /** Ends it in good order. Guests go on running. */
  stop(): Promise<void> {
    return this.kill('SIGTERM');
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }
}

/** The pid, seen from here, of the process that the PID namespace of `init` knows as `inner`. */
export async function outerPid(init: number, inner: number): Promise<number> {
  const namespace = await readlink(`/proc/${init}/ns/pid`);
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const ids =
        /^NSpid:\s+(.*)$/m.exec(await readFile(`/proc/${name}/status`, 'utf8'))?.[1]?.split(/\s+/) ?? [];
      if (
        ids.length > 1 &&
        Number(ids.at(-1)) === inner &&
        (await readlink(`/proc/${name}/ns/pid`)) === namespace
      ) {
        return Number(name);
      }
    } catch {
      // ended while we looked
    }
  }
  throw new Error(`no process ${inner} in the host`);
}

async function isStopped(pid: number): Promise<boolean> {
  for (const task of await readdir(`/proc/${pid}/task`)) {
    const stat = await readFile(`/proc/${pid}/task/${task}/stat`, 'utf8').catch(() => ') T');
    if (!stat.includes(') T')) return false;
  }
  return true;
}

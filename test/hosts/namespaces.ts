import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { ended, run, type RunOptions } from './command.js';
import type { Programs } from './native.js';

/** A process that runs inside, and its pid as seen from outside. */
export interface Inside {
  stdin: Writable;
  /** To be read, or `resume()`d: a process whose output nobody takes stops. */
  stdout: Readable;
  /** null unless asked for. */
  stderr: Readable | null;
  pid: number;
  /** To exactly this process, not to the one that started it. */
  kill(signal?: NodeJS.Signals): void;
  /** Resolves when it has ended. */
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

export interface SpawnOptions {
  env?: NodeJS.ProcessEnv;
  /** Its standard error: read by the caller, or (by default) shown with this process's own. */
  stderr?: 'pipe' | 'inherit';
}

/** The mount, network, process, host name and IPC namespaces of one host, and the way into them. */
export class Namespaces {
  /** PID 1, as seen from outside. */
  readonly pid: number;
  readonly #programs: Programs;
  readonly #supervisor: ChildProcess;
  readonly #ended: Promise<unknown>;

  private constructor(programs: Programs, supervisor: ChildProcess, pid: number, over: Promise<unknown>) {
    this.#programs = programs;
    this.#supervisor = supervisor;
    this.pid = pid;
    this.#ended = over;
  }

  /** Starts them and runs `setup` inside. `dir` is removed when they end. */
  static async start(
    programs: Programs,
    dir: string,
    hostname: string,
    setup: string[],
  ): Promise<Namespaces> {
    if (process.getuid?.() !== 0)
      throw new Error('test hosts need root: they make namespaces and mount in them');
    const child = spawn(programs.supervise, [dir, hostname, ...setup], {
      detached: true,
      env: environment(),
    });
    const over = ended(child);
    const stderr = text(child.stderr);
    const pid = await new Promise<number>((resolve, reject) => {
      let outer = 0;
      createInterface(child.stdout).on('line', (line) => {
        if (line === 'up') resolve(outer);
        else outer = Number(line.split(' ')[1]);
      });
      over
        .then(async () => {
          throw new Error(`the host's namespaces did not come up: ${await stderr}`);
        })
        .catch(reject);
    });
    return new Namespaces(programs, child, pid, over);
  }

  /** Runs a command inside to its end; rejects, with what it said, unless it ended with 0. */
  run(command: string, args: string[] = [], options: RunOptions = {}): Promise<string> {
    const entered = [String(this.pid), '-1', command, ...args];
    return run(this.#programs.enter, entered, { ...options, env: environment(options.env) });
  }

  /** Starts a process inside that goes on; it ends with the host at the latest. */
  async spawn(command: string, args: string[] = [], options: SpawnOptions = {}): Promise<Inside> {
    const child = spawn(this.#programs.enter, [String(this.pid), '3', command, ...args], {
      env: environment(options.env),
      stdio: ['pipe', 'pipe', options.stderr ?? 'inherit', 'pipe'],
    }) as ChildProcess & { stdin: Writable; stdout: Readable };
    const { stdin, stdout, stderr } = child;
    // Whoever wants to know that the process has gone looks at `ended`.
    stdin.on('error', () => undefined);
    const over = ended(child);
    const pid = Number(await text(child.stdio[3] as Readable));
    if (!pid) {
      await over;
      throw new Error(`${command} did not start`);
    }
    return {
      stdin,
      stdout,
      stderr,
      pid,
      ended: over,
      kill: (signal = 'SIGKILL') => process.kill(pid, signal),
    };
  }

  /** Ends every process inside; resolves when none is left and the directory is gone. */
  async stop(): Promise<void> {
    this.#supervisor.stdin?.destroy();
    await this.#ended;
  }
}

/** Nothing of the caller's session that would lead a libvirt tool, or systemd's, to the machine's own. */
function environment(more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(LIBVIRT|VIRSH|DBUS|XDG|NOTIFY|LISTEN_|TAP|LC_|LANG)/.test(name),
  );
  return { ...Object.fromEntries(own), LC_ALL: 'C', ...more };
}

import { type ChildProcess, spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

export interface RunOptions {
  input?: string | Uint8Array;
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  /** The command is killed, and the promise rejects, when it takes longer. */
  timeoutMs?: number;
}

/** A command that did not end well, with all it said. */
export class CommandError extends Error {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
  constructor(
    command: string,
    end: { code: number | null; signal: string | null },
    stdout: string,
    stderr: string,
  ) {
    super(`${command}: ${end.signal ?? `exit ${end.code ?? '?'}`}: ${stderr.trim()}`);
    this.name = 'CommandError';
    ({ code: this.code, signal: this.signal } = end);
    this.stdout = stdout;
    this.stderr = stderr;
  }
}

/** How a child ended; rejects when it could not be started. */
export function ended(child: ChildProcess): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      resolve({ code, signal });
    });
  });
}

/** Runs a command to its end and gives its standard output. */
export async function run(command: string, args: string[] = [], options: RunOptions = {}): Promise<string> {
  const child = spawn(command, args, {
    env: options.env ?? process.env,
    cwd: options.cwd,
    timeout: options.timeoutMs ?? 120_000,
    killSignal: 'SIGKILL',
  });
  // A command that does not read its input is no error of ours; how it ends tells.
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.input ?? '');
  const [end, stdout, stderr] = await Promise.all([ended(child), text(child.stdout), text(child.stderr)]);
  if (end.code !== 0) throw new CommandError([command, ...args].join(' ').slice(0, 300), end, stdout, stderr);
  return stdout;
}

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { Problem } from '../errors.js';

const run = promisify(execFile);
/** The kernel answers in milliseconds; a tool that hangs must not hold up a start. */
const timeoutMs = 5000;

/** ebtables-save takes no option for what legacy ebtables wants to be told this way: that counters are wanted, too. */
const withCounters = { EBTABLES_SAVE_COUNTER: 'yes' };

/** Of each tool, the package of Debian that has it, and what cannot be done without it. */
const tools = {
  'ebtables-save': ['ebtables', 'nobody can tell whether a filter is in force'],
  'iptables-save': ['iptables', 'nobody can tell whether a filter is in force'],
  'ip6tables-save': ['iptables', 'nobody can tell whether a filter is in force'],
  ip: ['iproute2', 'nobody can tell which taps there are'],
  ebtables: ['ebtables', 'rules of the kernel cannot be put right'],
  iptables: ['iptables', 'rules of the kernel cannot be put right'],
  ip6tables: ['iptables', 'rules of the kernel cannot be put right'],
  nft: [
    'nftables',
    'nobody can tell whether a filter is in force, and no NIC can be guarded, or closed while its filter changes',
  ],
} as const;
export type Tool = keyof typeof tools;

const environment = (): NodeJS.ProcessEnv => ({ ...process.env, ...withCounters });

/** What is said when a tool fails, or says what nobody understands. */
export function unreadable(tool: Tool, error: Error): Problem {
  const [name, without] = tools[tool];
  const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
  return new Problem(
    'kernel-unreadable',
    missing
      ? `${tool} is not installed (Debian: ${name}): without it ${without}.`
      : `${tool} failed (it needs CAP_NET_ADMIN and the host's network namespace): ${error.message.trim().slice(0, 500)}`,
    { cause: error },
  );
}

/**
 * Runs one of the tools that read or change the kernel's rules; gives what it says.
 * @param input what it reads from its standard input
 * @throws Problem kernel-unreadable when it is not there, fails, or takes longer than 5 s
 */
export async function runTool(tool: Tool, args: readonly string[] = [], input = ''): Promise<string> {
  try {
    const running = run(tool, args, {
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
      maxBuffer: 2 ** 28,
      env: environment(),
    });
    // one that ends without reading it says why by how it ends
    running.child.stdin?.on('error', () => undefined).end(input);
    return (await running).stdout;
  } catch (error) {
    throw unreadable(tool, error as Error);
  }
}

/** A tool with its arguments. */
export type Command = readonly [tool: Tool, ...args: string[]];

const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

/** A shell's script that runs commands side by side, each into a descriptor of its own, and tells how each ended. */
const sideBySide = (commands: readonly Command[]): string =>
  [
    ...commands.map((words, i) => `${words.map(quoted).join(' ')} >&${i + 3} 2>/dev/null & pid${i}=$!`),
    ...commands.map((_, i) => `wait $pid${i}; echo $?`),
  ].join('\n');

/** A file without a name, that is gone when it is closed. */
async function nameless(): Promise<FileHandle> {
  const path = join(tmpdir(), `virtwarden-${randomUUID()}`);
  const file = await open(path, 'wx+', 0o600);
  await unlink(path);
  return file;
}

async function contentOf(file: FileHandle): Promise<string> {
  const content = Buffer.alloc((await file.stat()).size);
  await file.read(content, 0, content.length, 0);
  return content.toString();
}

/** Ends a shell that takes too long, and what it has begun. */
function end({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // it has ended by itself
  }
}

/** Runs commands, each into a file; gives how each ended, '0' for well. */
async function runInto(files: readonly FileHandle[], commands: readonly Command[]): Promise<string[]> {
  const shell = spawn('/bin/sh', ['-c', sideBySide(commands)], {
    stdio: ['ignore', 'pipe', 'ignore', ...files.map(({ fd }) => fd)],
    env: environment(),
    detached: true, // with a group of its own, to be ended with it
  });
  const timer = setTimeout(() => end(shell), timeoutMs);
  try {
    const [said] = await Promise.all([shell.stdout ? text(shell.stdout) : '', once(shell, 'close')]);
    return said.split('\n');
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Runs several that only read, at once; gives what each says. They write into files, since nft writes its lists a word at a
 * time, and through a pipe each word would be an event of its own; and one shell begins them all, since for this process
 * to begin one takes some ms in which it does nothing else. What fails is run again by itself, for its reasons.
 * @throws Problem kernel-unreadable
 */
export async function listWith(...commands: readonly Command[]): Promise<string[]> {
  const files = await Promise.all(commands.map(nameless)).catch((error: unknown) => {
    const why = `What the kernel's rules are cannot be written into a file: ${(error as Error).message}.`;
    throw new Problem('kernel-unreadable', why, { cause: error });
  });
  try {
    const ended = await runInto(files, commands);
    return await Promise.all(
      commands.map(async ([tool, ...args], i) => {
        const file = files[i];
        if (ended[i] === '0' && file) return contentOf(file);
        if (!ended[i]) throw unreadable(tool, new Error(`it did not end within ${timeoutMs} ms`));
        return runTool(tool, args);
      }),
    );
  } finally {
    await Promise.all(files.map((file) => file.close()));
  }
}

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { closeSync, fstatSync, openSync, readSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
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

/** A shell's script that runs commands side by side, each into a descriptor of its own, and tells how each ends when it does. Not by `>&`: dash takes one digit there. */
const sideBySide = (commands: readonly Command[]): string =>
  [
    ...commands.map(
      (words, i) => `{ ${words.map(quoted).join(' ')} >/proc/self/fd/${i + 3} 2>/dev/null; echo ${i} $?; } &`,
    ),
    'wait',
  ].join('\n');

/**
 * A file without a name, that is gone when it is closed: its descriptor. Files are dealt with on this thread, for they are
 * small and in memory: through the pool, each step costs more than it takes, and waits behind what else is there.
 */
function nameless(): number {
  const path = join(tmpdir(), `virtwarden-${randomUUID()}`);
  const file = openSync(path, 'wx+', 0o600);
  unlinkSync(path);
  return file;
}

function contentOf(file: number): string {
  const content = Buffer.alloc(fstatSync(file).size);
  readSync(file, content, 0, content.length, 0);
  return content.toString();
}

/** What is to be read, and the file that it is written into. */
interface Writing {
  command: Command;
  file: number;
}

/** Gives each a file. @throws Problem kernel-unreadable */
function openFiles(commands: readonly Command[]): Writing[] {
  const writing: Writing[] = [];
  try {
    for (const command of commands) writing.push({ command, file: nameless() });
    return writing;
  } catch (error) {
    for (const { file } of writing) closeSync(file);
    const why = `What the kernel's rules are cannot be written into a file: ${(error as Error).message}.`;
    throw new Problem('kernel-unreadable', why, { cause: error });
  }
}

/** Ends a shell that takes too long, and what it has begun. */
function end({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // it has ended by itself
  }
}

/** Runs commands, each into a file; gives how each ends, '0' for well, undefined for one that takes too long. */
function runInto(writing: readonly Writing[]): Promise<string | undefined>[] {
  const shell = spawn('/bin/sh', ['-c', sideBySide(writing.map(({ command }) => command))], {
    stdio: ['ignore', 'pipe', 'ignore', ...writing.map(({ file }) => file)],
    env: environment(),
    detached: true, // with a group of its own, to be ended with it
  });
  const timer = setTimeout(() => end(shell), timeoutMs);
  const ended = new EventEmitter();
  const over = (): void => {
    clearTimeout(timer);
    writing.forEach((_, i) => ended.emit(String(i), undefined));
  };
  const endings = writing.map(
    (_, i) => new Promise<string | undefined>((resolve) => ended.once(String(i), resolve)),
  );
  shell.once('error', over);
  if (shell.stdout) {
    createInterface(shell.stdout)
      .on('line', (line) => {
        const [i = '', code] = line.split(' ');
        ended.emit(i, code);
      })
      .once('close', over);
  }
  return endings;
}

/** Runs one by itself, for the reasons why it fails. A table of nft's that is not there has nothing in it. */
const listAlone = (tool: Tool, args: readonly string[]): Promise<string> =>
  runTool(tool, args).catch((error: unknown) => {
    if (tool === 'nft' && (error as Error).message.includes(': No such file or directory')) return '';
    throw error;
  });

/**
 * Runs several that only read, at once; gives what each says, as soon as it has ended. They write into files, since nft
 * writes its lists a word at a time, and through a pipe each word would be an event of its own; and one shell begins them
 * all, since for this process to begin one takes some ms in which it does nothing else.
 * @returns for each a promise, rejected with the Problem kernel-unreadable; nobody has to wait for it
 * @throws Problem kernel-unreadable
 */
export function listEach<const C extends readonly Command[]>(
  ...commands: C
): { [K in keyof C]: Promise<string> } {
  const writing = openFiles(commands);
  const endings = runInto(writing);
  const each = writing.map(async ({ command: [tool, ...args], file }, i) => {
    try {
      const code = await endings[i];
      if (code === undefined) throw unreadable(tool, new Error(`it did not end within ${timeoutMs} ms`));
      return await (code === '0' ? contentOf(file) : listAlone(tool, args));
    } finally {
      closeSync(file);
    }
  });
  for (const one of each) one.catch(() => undefined);
  return each as { [K in keyof C]: Promise<string> };
}

/** The same, when all have ended. @throws Problem kernel-unreadable */
export const listWith = async (...commands: readonly Command[]): Promise<string[]> =>
  commands.length === 0 ? [] : Promise.all(listEach(...commands));

import { execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { open, unlink } from 'node:fs/promises';
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

function unreadable(tool: Tool, error: Error): Problem {
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
    const running = run(tool, args, { timeout: timeoutMs, maxBuffer: 2 ** 28, env: environment() });
    // one that ends without reading it says why by how it ends
    running.child.stdin?.on('error', () => undefined).end(input);
    return (await running).stdout;
  } catch (error) {
    throw unreadable(tool, error as Error);
  }
}

/**
 * The same for long lists of nft's: it writes them a word at a time, and through a pipe each would come as an event of its
 * own. So it writes them into a file that has no name any more.
 * @throws Problem kernel-unreadable
 */
export async function listWith(tool: Tool, args: readonly string[]): Promise<string> {
  const path = join(tmpdir(), `virtwarden-${randomUUID()}`);
  try {
    await using file = await open(path, 'wx+', 0o600);
    await unlink(path);
    const child = spawn(tool, args, {
      stdio: ['ignore', file.fd, 'pipe'],
      timeout: timeoutMs,
      env: environment(),
    });
    const [said, [code]] = await Promise.all([
      child.stderr ? text(child.stderr) : '',
      once(child, 'close') as Promise<[number | null]>,
    ]);
    if (code !== 0) throw new Error(said.trim() || `it ended with ${code ?? 'a signal'}`);
    const listed = Buffer.alloc((await file.stat()).size);
    await file.read(listed, 0, listed.length, 0);
    return listed.toString();
  } catch (error) {
    throw unreadable(tool, error as Error);
  }
}

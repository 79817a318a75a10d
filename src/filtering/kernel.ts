import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Problem } from '../errors.js';

const run = promisify(execFile);
/** The kernel answers in milliseconds; a reader that hangs must not hold up a start. */
const readTimeoutMs = 5000;

/** The chains of the kernel's bridge `nat` table, where libvirt puts its rules: each a list of rules in order. */
export type KernelRules = ReadonlyMap<string, readonly string[]>;

/** Old ebtables leaves out leading zeros in MAC addresses. */
const fullMac = (text: string): string =>
  text.replace(/\b[0-9a-f]{1,2}(?::[0-9a-f]{1,2}){5}\b/gi, (mac) =>
    mac
      .split(':')
      .map((octet) => octet.padStart(2, '0').toLowerCase())
      .join(':'),
  );

/** Reads the form that `ebtables-save` writes; only the table `nat` is kept. */
export function parseEbtablesSave(text: string): KernelRules {
  const chains = new Map<string, string[]>();
  let table = '';
  for (const line of text.split('\n')) {
    if (line.startsWith('*')) table = line.slice(1).trim();
    if (table !== 'nat') continue;
    const chain = /^:(\S+)/.exec(line)?.[1];
    if (chain !== undefined) chains.set(chain, []);
    const [, name, rule] = /^-A (\S+) (.*)$/.exec(line) ?? [];
    if (name !== undefined && rule !== undefined) chains.get(name)?.push(fullMac(rule.trim()));
  }
  return chains;
}

/**
 * Reads the rules that the kernel has now.
 * @throws Problem kernel-unreadable
 */
export async function readKernelRules(): Promise<KernelRules> {
  try {
    const { stdout } = await run('ebtables-save', { timeout: readTimeoutMs, maxBuffer: 2 ** 28 });
    return parseEbtablesSave(stdout);
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new Problem(
      'kernel-unreadable',
      missing
        ? 'ebtables-save is not installed (Debian: ebtables): without it nobody can tell whether a filter is in force.'
        : `ebtables-save failed (it needs CAP_NET_ADMIN and the host's network namespace): ${(error as Error).message.trim()}`,
      { cause: error },
    );
  }
}

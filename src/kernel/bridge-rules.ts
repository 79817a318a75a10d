import { runTool } from './tool.js';

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
export const readKernelRules = async (): Promise<KernelRules> =>
  parseEbtablesSave(await runTool('ebtables-save'));

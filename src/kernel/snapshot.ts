import { readFile } from 'node:fs/promises';
import { type ProtocolNames, readProtocolNames } from '../nwfilter/rules/saved.js';
import type { Table } from '../nwfilter/rules/model.js';
import { type Chains, parseSaved } from './saved-rules.js';
import { runTool, type Tool } from './tool.js';

/** How libvirt gets its rules into the kernel. */
export const backends = ['ebtables-nft', 'ebtables-legacy', 'nftables'] as const;
export type Backend = (typeof backends)[number];

/** The kernel's rules at one moment. */
export interface KernelSnapshot {
  backend: Backend;
  /** The tables where libvirt puts its rules. */
  tables: Readonly<Record<Table, Chains>>;
}

/** Where libvirt's rules are: which tool saves them, and in which of its tables. */
const places: Readonly<Record<Table, { tool: Tool; table: string }>> = {
  ebtables: { tool: 'ebtables-save', table: 'nat' },
  iptables: { tool: 'iptables-save', table: 'filter' },
  ip6tables: { tool: 'ip6tables-save', table: 'filter' },
};

/** A host without the files has no names: the tools then write numbers. */
const textOf = (file: string): Promise<string> => readFile(file, 'utf8').catch(() => '');

async function readNames(): Promise<ProtocolNames> {
  const [ethertypes, protocols] = await Promise.all([textOf('/etc/ethertypes'), textOf('/etc/protocols')]);
  return readProtocolNames(ethertypes, protocols);
}

/** The first line of what a save tool of nftables' writes says so. */
const isOverNftables = (saved: string): boolean => saved.startsWith('#') && saved.includes('(nf_tables)');

/** @throws Problem kernel-unreadable */
const save = (table: Table): Promise<string> =>
  runTool(places[table].tool, table === 'ebtables' ? [] : ['-c']);

/**
 * Reads the rules that the kernel has now, of all NICs.
 * @throws Problem kernel-unreadable
 */
export async function readKernel(): Promise<KernelSnapshot> {
  const [names, ebtables, iptables, ip6tables] = await Promise.all([
    readNames(),
    save('ebtables'),
    save('iptables'),
    save('ip6tables'),
  ]);
  const saved = { ebtables, iptables, ip6tables };
  const chainsOf = (table: Table): Chains => parseSaved(table, places[table].table, saved[table], names);
  return {
    backend: isOverNftables(ebtables) ? 'ebtables-nft' : 'ebtables-legacy',
    tables: {
      ebtables: chainsOf('ebtables'),
      iptables: chainsOf('iptables'),
      ip6tables: chainsOf('ip6tables'),
    },
  };
}

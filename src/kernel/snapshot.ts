import { readFile } from 'node:fs/promises';
import { type ProtocolNames, readProtocolNames } from '../nwfilter/rules/saved.js';
import type { AnyTable, NativeTable, Table } from '../nwfilter/rules/model.js';
import { listNft } from './ingress.js';
import { type NativeEntries, readNative } from './native-tables.js';
import { type Chains, parseSaved } from './saved-rules.js';
import { runTool, type Tool } from './tool.js';

/** How rules get into the kernel: by the tools of ebtables, over one thing or the other, or by nft. */
export const backends = ['ebtables-nft', 'ebtables-legacy', 'nftables'] as const;
export type Backend = (typeof backends)[number];

/** The kernel's rules at one moment. */
export interface KernelSnapshot {
  /** What the tools of ebtables go over on this host. */
  ebtables: Exclude<Backend, 'nftables'>;
  /** The tables where libvirt puts its rules; one that is not there has no chains. */
  tables: Readonly<Record<AnyTable, Chains>>;
  /** Of the native tables that are there, how frames come to their chains. */
  native: Readonly<Partial<Record<NativeTable, NativeEntries>>>;
  /** What nft lists at the ingress of devices: guards and closed ports. */
  ingress: string;
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
  const [names, ingress, ebtables, iptables, ip6tables] = await Promise.all([
    readNames(),
    listNft(),
    save('ebtables'),
    save('iptables'),
    save('ip6tables'),
  ]);
  const native = await readNative(ingress);
  const saved = { ebtables, iptables, ip6tables };
  const chainsOf = (table: Table): Chains => parseSaved(table, places[table].table, saved[table], names);
  const of = (table: NativeTable): Chains => native.get(table)?.chains ?? new Map();
  const nativeChains = {
    libvirt_nwfilter_ethernet: of('libvirt_nwfilter_ethernet'),
    libvirt_nwfilter_inet: of('libvirt_nwfilter_inet'),
  };
  return {
    ebtables: isOverNftables(ebtables) ? 'ebtables-nft' : 'ebtables-legacy',
    tables: {
      ...nativeChains,
      ebtables: chainsOf('ebtables'),
      iptables: chainsOf('iptables'),
      ip6tables: chainsOf('ip6tables'),
    },
    native: Object.fromEntries([...native].map(([table, { entries }]) => [table, entries])),
    ingress,
  };
}

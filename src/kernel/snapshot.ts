import { readFile } from 'node:fs/promises';
import { type ProtocolNames, readProtocolNames } from '../nwfilter/rules/saved.js';
import { type AnyTable, type NativeTable, type Table, tables } from '../nwfilter/rules/model.js';
import { readGuardTable } from './guard-table.js';
import { type Ingress, readIngress } from './ingress.js';
import { linkCommand, type Port, readPorts } from './ports.js';
import { type NativeEntries, readNative } from './native-tables.js';
import { type NfTables, readTables } from './nf-tables.js';
import { type Chains, parseSaved } from './saved-rules.js';
import { type Command, listEach } from './tool.js';

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
  /** Those of the tools' tables that somebody has switched off: their rules are there, and see nothing. */
  dormant: readonly Table[];
  ingress: Ingress;
}

/** Where libvirt's rules are: what saves them, and in which table of it. */
const places = {
  ebtables: { command: ['ebtables-save'], table: 'nat', family: 'bridge' },
  iptables: { command: ['iptables-save', '-c'], table: 'filter', family: 'ip' },
  ip6tables: { command: ['ip6tables-save', '-c'], table: 'filter', family: 'ip6' },
} as const satisfies Record<Table, { command: Command; table: string; family: string }>;

/** What nft calls it. */
export const nftNameOf = (table: Table): string => `${places[table].family} ${places[table].table}`;

/** A host without the files has no names: the tools then write numbers. */
const textOf = (file: string): Promise<string> => readFile(file, 'utf8').catch(() => '');

async function readNames(): Promise<ProtocolNames> {
  const [ethertypes, protocols] = await Promise.all([textOf('/etc/ethertypes'), textOf('/etc/protocols')]);
  return readProtocolNames(ethertypes, protocols);
}

/** The first line of what a save tool of nftables' writes says so. */
const isOverNftables = (saved: string): boolean => saved.startsWith('#') && saved.includes('(nf_tables)');

/** Of what nftables has: libvirt's native tables, and what is at the ingress of devices. @throws Problem kernel-unreadable */
async function readNft(): Promise<{
  nft: NfTables;
  native: Awaited<ReturnType<typeof readNative>>;
  ingress: Ingress;
}> {
  const guards = readGuardTable();
  // it is waited for after the others, which may fail first
  guards.catch(() => undefined);
  const nft = await readTables();
  const [native, ingress] = await Promise.all([readNative(nft), readIngress(nft, guards)]);
  return { nft, native, ingress };
}

/** The kernel's rules and the host's interfaces, at the same moment. @throws Problem kernel-unreadable */
export async function readKernelAndPorts(): Promise<{ kernel: KernelSnapshot; ports: Map<string, Port> }> {
  const ofNft = readNft();
  ofNft.catch(() => undefined);
  const [ebtables, iptables, ip6tables, links] = listEach(
    places.ebtables.command,
    places.iptables.command,
    places.ip6tables.command,
    linkCommand,
  );
  const saved = { ebtables, iptables, ip6tables };
  const names = readNames();
  const chainsOf = async (table: Table): Promise<Chains> =>
    parseSaved(table, places[table].table, await saved[table], await names);
  // what has ended is read while others are still listed
  const [over, ofEbtables, ofIptables, ofIp6tables, ports, { nft, native, ingress }] = await Promise.all([
    ebtables.then((text) => (isOverNftables(text) ? 'ebtables-nft' : 'ebtables-legacy')),
    chainsOf('ebtables'),
    chainsOf('iptables'),
    chainsOf('ip6tables'),
    links.then(readPorts),
    ofNft,
  ]);
  const of = (table: NativeTable): Chains => native.get(table)?.chains ?? new Map();
  const kernel: KernelSnapshot = {
    ebtables: over,
    tables: {
      libvirt_nwfilter_ethernet: of('libvirt_nwfilter_ethernet'),
      libvirt_nwfilter_inet: of('libvirt_nwfilter_inet'),
      ebtables: ofEbtables,
      iptables: ofIptables,
      ip6tables: ofIp6tables,
    },
    native: Object.fromEntries([...native].map(([table, { entries }]) => [table, entries])),
    dormant: tables.filter((table) => nft.get(nftNameOf(table))?.dormant),
    ingress,
  };
  return { kernel, ports };
}

/** Reads the rules that the kernel has now, of all NICs. @throws Problem kernel-unreadable */
export const readKernel = async (): Promise<KernelSnapshot> => (await readKernelAndPorts()).kernel;

import { attributeOf, eachAttribute, type Span, textAt } from 'node-linux';
import { askNfTables, asking, isDormant, netdev, type NfMessage, nfMessagesOf } from './nf-tables.js';

/** What a rule has counted. */
export interface RuleCounts {
  packets: number;
  bytes: number;
}

/** What the kernel says of a table, its chains, sets and rules. */
export interface TableDump {
  /** Without what is another each time. The same bytes are the same table; nobody needs to have changed it where they differ. */
  bytes: Buffer;
  /** What rules have counted, by their numbers. */
  counts: ReadonlyMap<string, RuleCounts>;
  /** Of how many transactions of nftables it was made the last, modulo 65,536; undefined where one came in between. */
  generation: number | undefined;
  /** Whether the table is switched off. */
  dormant: boolean;
}

/** Attributes, by what they belong to. @see https://git.kernel.org/pub/scm/linux/kernel/git/torvalds/linux.git/tree/include/uapi/linux/netfilter/nf_tables.h */
const ofTable = { name: 1 } as const;
const ofChain = { table: 1, name: 3 } as const;
const ofSet = { table: 1, name: 2 } as const;
const ofElements = { table: 1, set: 2 } as const;
const ofRule = { table: 1, handle: 3, expressions: 4 } as const;
const ofExpression = { name: 1, data: 2 } as const;
const ofCounter = { bytes: 1, packets: 2 } as const;

/** Of a dump, the messages that are of a table. @param attribute the one that names their table */
const messagesOfTable = (dump: Buffer, attribute: number, table: string): NfMessage[] =>
  nfMessagesOf(dump).filter(({ attributes }) => {
    const name = attributeOf(dump, attributes, attribute);
    return name !== undefined && textAt(dump, name) === table;
  });

/** Reads a number, and leaves 0 in its place. */
function take(dump: Buffer, within: Span, attribute: number): number {
  const value = attributeOf(dump, within, attribute);
  if (!value) return 0;
  const number = Number(dump.readBigUInt64BE(value.from));
  dump.fill(0, value.from, value.to);
  return number;
}

/** Takes out of a rule what it has counted. */
function takeCounts(dump: Buffer, { attributes }: NfMessage, counts: Map<string, RuleCounts>): void {
  const handle = attributeOf(dump, attributes, ofRule.handle);
  const expressions = attributeOf(dump, attributes, ofRule.expressions);
  if (!handle || !expressions) return;
  eachAttribute(dump, expressions, (_, expression) => {
    const name = attributeOf(dump, expression, ofExpression.name);
    const data = attributeOf(dump, expression, ofExpression.data);
    if (!name || !data || textAt(dump, name) !== 'counter') return;
    const [packets, bytes] = [take(dump, data, ofCounter.packets), take(dump, data, ofCounter.bytes)];
    counts.set(dump.readBigUInt64BE(handle.from).toString(), { packets, bytes });
  });
}

/** Takes out of a message which of how many it is, who asked for it, and the generation. */
function withoutCircumstances(dump: Buffer, { from, to }: Span): Buffer {
  dump.fill(0, from + 8, from + 16);
  dump.fill(0, from + 18, from + 20);
  return dump.subarray(from, to);
}

/** The elements of the sets of a table. @throws Problem kernel-unreadable */
async function dumpElements(table: string, sets: Buffer): Promise<Buffer[] | undefined> {
  const names = messagesOfTable(sets, ofSet.table, table).flatMap(({ attributes }) => {
    const name = attributeOf(sets, attributes, ofSet.name);
    return name ? textAt(sets, name) : [];
  });
  if (names.length === 0) return [];
  return askNfTables(
    names.map((name) => asking('setElements', netdev, [ofElements.table, table], [ofElements.set, name])),
  );
}

/**
 * The names of the chains that a table of the family netdev has now; undefined where they change all the time.
 * @throws Problem kernel-unreadable
 */
export async function chainsOf(table: string): Promise<ReadonlySet<string> | undefined> {
  const [chains] = (await askNfTables([asking('chains', netdev)])) ?? [];
  if (!chains) return undefined;
  const names = messagesOfTable(chains, ofChain.table, table).flatMap(({ attributes }) => {
    const name = attributeOf(chains, attributes, ofChain.name);
    return name ? textAt(chains, name) : [];
  });
  return new Set(names);
}

/**
 * What the kernel says now of a table of the family netdev; undefined where there is none, or it changes meanwhile.
 * @throws Problem kernel-unreadable
 */
export async function dumpTable(table: string): Promise<TableDump | undefined> {
  const [tables, chains, sets, rules] =
    (await askNfTables([
      asking('tables', netdev),
      asking('chains', netdev),
      asking('sets', netdev),
      asking('rules', netdev, [ofRule.table, table]),
    ])) ?? [];
  if (!tables || !chains || !sets || !rules) return undefined;
  const [itself] = messagesOfTable(tables, ofTable.name, table);
  if (!itself) return undefined;
  const elements = await dumpElements(table, sets);
  if (!elements) return undefined;
  const parts: [Buffer, number][] = [
    [tables, ofTable.name],
    [chains, ofChain.table],
    [sets, ofSet.table],
    [rules, ofRule.table],
    ...elements.map((dump): [Buffer, number] => [dump, ofElements.table]),
  ];
  const counts = new Map<string, RuleCounts>();
  const generations = new Set<number>();
  const messages = parts.flatMap(([dump, attribute]) =>
    messagesOfTable(dump, attribute, table).map((message) => {
      generations.add(message.generation);
      if (dump === rules) takeCounts(dump, message, counts);
      return withoutCircumstances(dump, message);
    }),
  );
  const [generation] = generations.size === 1 ? generations : [];
  const dormant = isDormant(tables, itself);
  return { bytes: Buffer.concat(messages), counts, generation, dormant };
}

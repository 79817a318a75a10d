import {
  attributeOf,
  bodyOf,
  type DumpRequest,
  messagesOf,
  Netlink,
  NETLINK_NETFILTER,
  type Span,
  textAt,
  textAttribute,
} from 'node-linux';
import { Problem } from '../errors.js';

// nft is not asked for this: to tell a table's flags, 1.0.6 reads all rules, and to list tables as JSON, it at times dies.

/** What is asked for. @see https://git.kernel.org/pub/scm/linux/kernel/git/torvalds/linux.git/tree/include/uapi/linux/netfilter/nf_tables.h */
const subsystem = 10 << 8;
const asksFor = { tables: 1, chains: 4, rules: 7, sets: 10, setElements: 13 } as const;
const tableName = 1;
const tableFlags = 2;
const dormantFlag = 1;

/** Of the protocol's families, nft's names. */
const families = new Map([
  [1, 'inet'],
  [2, 'ip'],
  [3, 'arp'],
  [5, 'netdev'],
  [7, 'bridge'],
  [10, 'ip6'],
]);
export const netdev = 5;

/** What the kernel says of what it was asked. */
export interface NfMessage extends Span {
  family: number;
  /** Of how many transactions it was made the last, modulo 65,536. */
  generation: number;
  /** Where its attributes are. */
  attributes: Span;
}

/** A question: what of which family, and names that narrow it. */
export const asking = (
  what: keyof typeof asksFor,
  family = 0,
  ...names: readonly [type: number, name: string][]
): DumpRequest => ({
  type: subsystem | asksFor[what],
  body: Buffer.concat([
    Buffer.from([family, 0, 0, 0]),
    ...names.map(([type, name]) => textAttribute(type, name)),
  ]),
});

export const nfMessagesOf = (dump: Buffer): NfMessage[] =>
  messagesOf(dump).map((message) => {
    const { from, to } = bodyOf(message);
    return {
      ...message,
      family: dump.readUInt8(from),
      generation: dump.readUInt16BE(from + 2),
      attributes: { from: from + 4, to },
    };
  });

/** Whether a table, of a dump of tables, is switched off. */
export function isDormant(dump: Buffer, { attributes }: NfMessage): boolean {
  const flags = attributeOf(dump, attributes, tableFlags);
  return flags !== undefined && (dump.readUInt32BE(flags.from) & dormantFlag) !== 0;
}

const netfilter = new Netlink(NETLINK_NETFILTER);

/** What is to be done where the kernel does not answer, by what it says instead. */
const remedies: Readonly<Record<string, string>> = {
  EPERM: ' (it needs CAP_NET_ADMIN and the host’s network namespace)',
  EINVAL: ' (it may have no nftables)',
  EPROTONOSUPPORT: ' (it has no netfilter over netlink)',
};

const why = (error: NodeJS.ErrnoException): Problem =>
  new Problem(
    'kernel-unreadable',
    `The kernel does not say what tables of nftables it has${remedies[error.code ?? ''] ?? ''}: ${error.message}.`,
    { cause: error },
  );

/** How often it is asked again when rules change while it tells them. */
const attempts = 10;

/**
 * What the kernel answers, each at one moment; undefined when it changed while it was told, again and again, or what is named is gone.
 * @throws Problem kernel-unreadable
 */
export async function askNfTables(questions: readonly DumpRequest[]): Promise<Buffer[] | undefined> {
  for (let i = 0; i < attempts; i++)
    try {
      return await netfilter.dump(questions);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // a table that was there is gone
      if (code === 'ENOENT') return undefined;
      if (code !== 'EINTR') throw why(error as Error);
    }
  return undefined;
}

/** The tables that the kernel has, as `bridge nat`, and of each whether it is switched off. */
export type NfTables = ReadonlyMap<string, { dormant: boolean }>;

/** What nft takes for a name: any other would be more than a name in what nft is told. */
const nftName = /^[A-Za-z_.][\w./-]*$/;

/** @throws Problem kernel-unreadable, also where a table has a name that nft cannot be asked for */
export async function readTables(): Promise<NfTables> {
  const [dump] = (await askNfTables([asking('tables')])) ?? [];
  if (!dump) throw why(new Error('they change all the time'));
  return new Map(
    nfMessagesOf(dump).map((message) => {
      const { family, attributes } = message;
      const name = attributeOf(dump, attributes, tableName);
      const said = name ? textAt(dump, name) : '';
      if (!nftName.test(said))
        throw why(new Error(`nft cannot be asked for the table ${JSON.stringify(said)}`));
      return [`${families.get(family) ?? family} ${said}`, { dormant: isDormant(dump, message) }];
    }),
  );
}

/** The names of the tables of a family. */
export const namesIn = (tables: NfTables, family: string): string[] =>
  [...tables.keys()].flatMap((table) =>
    table.startsWith(`${family} `) ? table.slice(family.length + 1) : [],
  );

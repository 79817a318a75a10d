import { randomUUID } from 'node:crypto';
import { Mutex } from 'async-mutex';
import { Problem } from '../errors.js';
import { Recent } from '../recent.js';
import { plainRule } from './native-tables.js';
import { runTool } from './tool.js';

/** Rules that no frame comes to, in a table that is gone as soon as nft ends; wherever they jump to is one chain there. */
const script = (table: string, texts: readonly string[]): string =>
  [
    `add table ${table} { flags owner; }`,
    `add set ${table} same-ip-set { type ipv4_addr . ipv4_addr; }`,
    `add chain ${table} target`,
    `add chain ${table} rules`,
    ...texts.map((text) => `add rule ${table} rules ${text.replace(/(^| )jump [^\s"]+$/, '$1jump target')}`),
    '',
  ].join('\n');

/** nft, asked to, says what the kernel makes of each. @throws Problem kernel-unreadable */
async function ask(texts: readonly string[]): Promise<string[]> {
  // of its own: the kernel lets nobody else into a table that has an owner
  const table = `bridge virtwarden_spelling_${randomUUID()}`.replaceAll('-', '_');
  const added = `add rule ${table} rules `;
  const echo = await runTool('nft', ['-e', '-f', '-'], script(table, texts));
  const listed = echo.split('\n').filter((line) => line.startsWith(added));
  return texts.map((text, i) => {
    const jump = /(?<=^| )jump [^\s"]+$/.exec(text)?.[0] ?? '';
    const line = (listed[i] ?? '').slice(added.length).replace(/^handle \d+ /, '');
    return plainRule(line.replace(/ # handle \d+$/, '')).replace(/jump target$/, () => jump);
  });
}

/** How rules are listed, by what nft is told them as. */
export type Spelling = Pick<ReadonlyMap<string, string>, 'get'>;

/** More than the NICs of a host have rules. */
const limits = { count: 50_000 };
let known = new Recent<string, string>(limits);
let knownBy = '';
const asking = new Mutex();

/**
 * How this nft on this kernel lists rules, by what they are told it as; what it does not take is left out.
 * @throws Problem kernel-unreadable
 */
export const readSpelling = (texts: Iterable<string>): Promise<Spelling> =>
  asking.runExclusive(async () => {
    // another may have been installed since, with other words
    const version = await runTool('nft', ['--version']);
    if (version !== knownBy) known = new Recent(limits);
    knownBy = version;
    const unknown = [...new Set(texts)].filter((text) => known.get(text) === undefined);
    if (unknown.length === 0) return known;
    try {
      (await ask(unknown)).forEach((spelled, i) => known.set(unknown[i] ?? '', spelled));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      // one that nft does not take is in the way of all
      for (const text of unknown) {
        const [spelled] = await ask([text]).catch(() => []);
        if (spelled !== undefined) known.set(text, spelled);
      }
    }
    return known;
  });

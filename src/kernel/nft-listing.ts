/** A line of what `nft -a` lists, and the kernel's number of what it lists, where it has one. */
export function splitHandle(line: string): { said: string; handle?: string } {
  const [, said = '', handle] = /^\s*(.*?)(?: # handle (\d+))?$/.exec(line) ?? [];
  return { said, ...(handle !== undefined && { handle }) };
}

const counted = /\bcounter packets (\d+) bytes (\d+)/;

/** What a listed rule has counted; nothing where it does not count. */
export function countersOf(rule: string): { packets?: number; bytes?: number } {
  const [, packets, bytes] = counted.exec(rule) ?? [];
  return packets === undefined ? {} : { packets: Number(packets), bytes: Number(bytes) };
}

/** A listed rule that counts, without what it has counted. */
export const uncounted = (rule: string): string => rule.replace(counted, 'counter');

/** A listed rule as if it did not count. */
export const withoutCounter = (rule: string): string => rule.replace(counted, '').replace('  ', ' ').trim();

/** A listed rule with the elements of its sets in the alphabet's order: nft has one of its own. */
export const withSortedSets = (rule: string): string =>
  rule.replace(/\{ ([^{}]*) \}/g, (_, elements: string) => `{ ${elements.split(', ').sort().join(', ')} }`);

/** Whether a line of a listed table says that the whole of it is switched off. */
export const saysDormant = (line: string): boolean => /^flags\b.*\bdormant\b/.test(line);

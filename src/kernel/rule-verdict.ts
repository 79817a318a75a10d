import { type AnyTable, isNative, verdicts } from '../nwfilter/rules/model.js';
import { unquoted } from './saved-rules.js';

/** What a rule of nft's does at its end. */
function nativeVerdict(text: string): string {
  const words = text.replace(/ ?comment "[^"]*"$/, '').split(' ');
  const last = words.slice(-2).find((word) => (verdicts as readonly string[]).includes(word));
  return last ?? 'continue';
}

function savedVerdict(text: string): string {
  const [, verb, target = 'continue'] = /(?:^| )(-j|-g) (\S+)/.exec(unquoted(text)) ?? [];
  if (verb === '-g') return 'goto';
  return /^[A-Z]+$/.test(target) ? target.toLowerCase() : 'jump';
}

/** What becomes of a frame that a rule of one of the tables matches. */
export const ruleVerdict = (table: AnyTable, text: string): string =>
  isNative(table) ? nativeVerdict(text) : savedVerdict(text);

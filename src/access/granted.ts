import { type Grant, roles } from './grant.js';

/** Who is granted what, as a setting says it. */
export interface Granted extends Grant {
  who: string;
}

/** Of `WHO=ROLE` and `WHO=ROLE+trust`, for a pattern of WHO. */
export const grantedPattern = (who: string): string => `^${who}=(${roles.join('|')})(\\+trust)?$`;

/** @param text which such a pattern fits; WHO may have an equals sign in it, too */
export function parseGranted(text: string): Granted {
  const at = text.lastIndexOf('=');
  const [role, trust] = text.slice(at + 1).split('+');
  const found = roles.find((one) => one === role);
  if (!found) throw new Error(`"${text}" grants no role`);
  return { who: text.slice(0, at), role: found, trust: trust !== undefined };
}

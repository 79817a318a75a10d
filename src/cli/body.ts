import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { CommandError } from './exit.js';

/** An object without the members that are undefined, which would hide what they are spread over. */
export const withoutAbsent = <T extends object>(members: T): T =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as T;

/** The whole number that a flag says. @throws CommandError when it is none */
export function wholeNumber(flag: string, said: string | undefined): number | undefined {
  if (said === undefined || /^\d{1,15}$/.test(said)) return said === undefined ? undefined : Number(said);
  throw new CommandError('wrongUse', `${flag} wants a whole number, not "${said}".`);
}

/** The JSON object in a file, or on the standard input where that is `-`. @throws CommandError */
export async function readObject(file: string): Promise<object> {
  let value: unknown;
  try {
    value = JSON.parse(file === '-' ? await text(process.stdin) : await readFile(file, 'utf8'));
  } catch (error) {
    const why = (error as Error).message;
    throw new CommandError('wrongUse', `${file} cannot be read as JSON: ${why}.`, { cause: error });
  }
  if (value !== null && typeof value === 'object' && !Array.isArray(value)) return value;
  throw new CommandError('wrongUse', `${file} must hold a JSON object.`);
}

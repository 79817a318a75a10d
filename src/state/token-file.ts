import { readFile } from 'node:fs/promises';
import Value from 'typebox/value';
import { StoredToken } from '../schemas/token.js';
import { writeFileAtomic } from './atomic-file.js';

/** Version 1 knew admins without an end only. An older service must not take one that has expired for one that holds. */
const newest = 2;

const upgraded = (token: unknown): unknown =>
  token !== null && typeof token === 'object' ? { trust: false, ...token } : token;

/** @throws Error naming the file, when it is there and cannot be used */
export async function readTokens(path: string): Promise<StoredToken[]> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  let file: { version?: unknown; tokens?: unknown } | null;
  try {
    file = JSON.parse(text) as typeof file;
  } catch (error) {
    throw new Error(`${path} is not JSON: ${(error as Error).message}`, { cause: error });
  }
  const tokens = Array.isArray(file?.tokens) ? file.tokens.map(upgraded) : undefined;
  const known = file?.version === newest || file?.version === 1;
  if (!known || !tokens?.every((token) => Value.Check(StoredToken, token))) {
    throw new Error(`${path} is not a token file that this version of virtwarden reads`);
  }
  return tokens;
}

/** Writes all tokens, whole or not at all. @throws Error of the file system */
export const writeTokens = (path: string, tokens: readonly StoredToken[]): Promise<void> =>
  writeFileAtomic(path, `${JSON.stringify({ version: newest, tokens }, null, 2)}\n`, 0o600);

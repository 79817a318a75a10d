import { createHash, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeFileAtomic } from './atomic-file.js';

interface StoredToken {
  id: string;
  name: string;
  role: 'admin';
  /** SHA-256 of the token, hex: a token is 256 random bits, which no one finds by trying. */
  sha256: string;
  createdAt: string;
}

interface TokenFile {
  version: 1;
  tokens: StoredToken[];
}

const hash = (token: string): Buffer => createHash('sha256').update(token).digest();

/** Says whose token it is. */
export interface TokenVerifier {
  /** The name of the token's holder, or undefined when the token is not known. Takes the same time for each. */
  verify(token: string): string | undefined;
}

/** The tokens that may use the API, as hashes in `tokens.json` of the state directory. */
export class TokenStore implements TokenVerifier {
  readonly #tokens: { name: string; digest: Buffer }[];

  private constructor(tokens: StoredToken[]) {
    this.#tokens = tokens.map(({ name, sha256 }) => ({ name, digest: Buffer.from(sha256, 'hex') }));
  }

  /**
   * Opens the store; the first time, makes an admin token and puts it into `adminTokenFile`, readable by its owner alone.
   * @returns the store, and whether a token was made
   * @throws Error when the state cannot be read or written
   */
  static async open(
    stateDir: string,
    adminTokenFile: string,
  ): Promise<{ store: TokenStore; created: boolean }> {
    await mkdir(stateDir, { recursive: true, mode: 0o700 });
    const path = join(stateDir, 'tokens.json');
    const stored = await readTokens(path);
    if (stored.length > 0) return { store: new TokenStore(stored), created: false };

    const token = `vw_${randomBytes(32).toString('base64url')}`;
    const admin: StoredToken = {
      id: randomUUID(),
      name: 'admin',
      role: 'admin',
      sha256: hash(token).toString('hex'),
      createdAt: new Date().toISOString(),
    };
    await mkdir(dirname(adminTokenFile), { recursive: true, mode: 0o700 });
    // In this order a crash in between leaves no token in force, and the next start makes both anew.
    await writeFileAtomic(adminTokenFile, `${token}\n`, 0o600);
    await writeFileAtomic(path, JSON.stringify({ version: 1, tokens: [admin] } satisfies TokenFile), 0o600);
    return { store: new TokenStore([admin]), created: true };
  }

  verify(token: string): string | undefined {
    const digest = hash(token);
    let holder: string | undefined;
    for (const candidate of this.#tokens) {
      if (timingSafeEqual(candidate.digest, digest)) holder = candidate.name;
    }
    return holder;
  }
}

function isStoredToken(entry: unknown): entry is StoredToken {
  const { name, sha256 } = (entry ?? {}) as Partial<Record<string, unknown>>;
  return typeof name === 'string' && typeof sha256 === 'string' && /^[0-9a-f]{64}$/.test(sha256);
}

/** @throws Error naming the file, when it is there and cannot be used */
async function readTokens(path: string): Promise<StoredToken[]> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  let file: Partial<TokenFile> | null;
  try {
    file = JSON.parse(text) as Partial<TokenFile> | null;
  } catch (error) {
    throw new Error(`${path} is not JSON: ${(error as Error).message}`, { cause: error });
  }
  if (file?.version !== 1 || !Array.isArray(file.tokens) || !file.tokens.every(isStoredToken)) {
    throw new Error(`${path} is not a token file that this version of virtwarden reads`);
  }
  return file.tokens;
}

import { randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Mutex } from 'async-mutex';
import type { Caller } from '../access/caller.js';
import { fieldProblem, Problem } from '../errors.js';
import { endOf } from '../expiry.js';
import type { StoredToken, Token, TokenCreated, TokenInput } from '../schemas/token.js';
import { writeFileAtomic } from './atomic-file.js';
import { hashOf, isExpired, keyOf, shown } from './stored-token.js';
import { readTokens, writeTokens } from './token-file.js';

interface TokenEvents {
  /** A token holds no longer; the key of those whom it had let in. */
  revoked: [key: string];
}

/**
 * The tokens that may use the API, as hashes in `tokens.json` of the state directory. A change is on disk before it is in
 * force, and changes happen one by one. Only the holder of the state directory's lock changes them.
 */
export class TokenStore extends EventEmitter<TokenEvents> {
  readonly #changes = new Mutex();
  readonly #path: string | undefined;
  #tokens: readonly StoredToken[];
  /** When each was last used since that was last written, by id. */
  readonly #used = new Map<string, string>();

  private constructor(path: string | undefined, tokens: readonly StoredToken[]) {
    super();
    this.#path = path;
    this.#tokens = tokens;
  }

  /** @throws Error when the state cannot be read */
  static async open(stateDir: string): Promise<TokenStore> {
    await mkdir(stateDir, { recursive: true, mode: 0o700 });
    const path = join(stateDir, 'tokens.json');
    return new TokenStore(path, await readTokens(path));
  }

  /** Tokens that are nowhere but in memory. */
  static inMemory(tokens: readonly StoredToken[] = []): TokenStore {
    return new TokenStore(undefined, tokens);
  }

  /**
   * Where there is no token yet, makes one for an admin and puts it into a file that its owner alone reads.
   * @returns whether it was made
   * @throws Error when it cannot be written
   */
  async ensureAdmin(file: string): Promise<boolean> {
    if (this.#tokens.length > 0) return false;
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    // In this order a crash in between leaves no token in force, and the next start makes both anew.
    await this.#make({ name: 'admin', role: 'admin' }, (token) => writeFileAtomic(file, `${token}\n`, 0o600));
    return true;
  }

  /** Whose token it is; undefined when it is not known. Takes the same time for each. */
  find(token: string): { caller: Caller; expired: boolean } | undefined {
    const digest = Buffer.from(hashOf(token), 'hex');
    let found: StoredToken | undefined;
    for (const candidate of this.#tokens) {
      if (timingSafeEqual(Buffer.from(candidate.sha256, 'hex'), digest)) found = candidate;
    }
    if (!found) return undefined;
    const { id, name, role, trust } = found;
    const expired = isExpired(found);
    if (!expired) this.#used.set(id, new Date().toISOString());
    return { caller: { name, role, trust, via: 'token', key: keyOf(found) }, expired };
  }

  /** Whether who was let in by a token would still be. */
  holds(key: string): boolean {
    return this.#tokens.some((token) => keyOf(token) === key && !isExpired(token));
  }

  /** All tokens, in the order in which they were made. */
  list(): Token[] {
    return this.#tokens.map((token) => shown(this.#asUsed(token)));
  }

  /** @throws Problem invalid-request, token-name-taken, state-unwritable */
  create(input: TokenInput): Promise<TokenCreated> {
    if (isExpired(input))
      throw fieldProblem('invalid-request', '/expiresAt', 'must be a time that lies in the future');
    return this.#make(input);
  }

  /**
   * Takes a token's force away, at once.
   * @param which its id or name
   * @throws Problem token-not-found, last-admin-token, state-unwritable
   */
  async revoke(which: string): Promise<Token> {
    const revoked = await this.#changes.runExclusive(async () => {
      const token = this.#tokens.find(({ id, name }) => id === which || name === which);
      if (!token) throw new Problem('token-not-found', `There is no token ${which}.`);
      const others = this.#tokens.filter((one) => one !== token);
      const isAdmins = (one: StoredToken): boolean => one.role === 'admin' && !isExpired(one);
      // one that ends before it is no other: soon there would be none
      const lasts = (one: StoredToken): boolean => endOf(one.expiresAt) >= endOf(token.expiresAt);
      if (isAdmins(token) && !others.some((one) => isAdmins(one) && lasts(one))) {
        throw new Problem(
          'last-admin-token',
          `No token of an admin lasts as long as ${token.name}: make another before.`,
        );
      }
      await this.#write(others);
      return token;
    });
    this.#used.delete(revoked.id);
    this.emit('revoked', keyOf(revoked));
    return shown(revoked);
  }

  /** Writes down when tokens were last used, if they were. @throws Problem state-unwritable */
  async noteUse(): Promise<void> {
    if (this.#used.size === 0) return;
    await this.#changes.runExclusive(async () => {
      const written = new Map(this.#used);
      await this.#write(this.#tokens);
      for (const [id, at] of written) if (this.#used.get(id) === at) this.#used.delete(id);
    });
  }

  async #make(
    { name, role, trust = false, expiresAt }: TokenInput,
    before?: (token: string) => Promise<void>,
  ): Promise<TokenCreated> {
    const token = `vw_${randomBytes(32).toString('base64url')}`;
    const stored: StoredToken = {
      ...{ id: randomUUID(), name, role, trust, createdAt: new Date().toISOString() },
      ...(expiresAt !== undefined && { expiresAt: new Date(expiresAt).toISOString() }),
      sha256: hashOf(token),
    };
    return this.#changes.runExclusive(async () => {
      if (this.#tokens.some((one) => one.name === name))
        throw new Problem(
          'token-name-taken',
          `There is a token ${name} already: revoke it, or take another name.`,
        );
      await before?.(token);
      await this.#write([...this.#tokens, stored]);
      return { ...shown(stored), token };
    });
  }

  #asUsed(token: StoredToken): StoredToken {
    const lastUsedAt = this.#used.get(token.id);
    return lastUsedAt === undefined ? token : { ...token, lastUsedAt };
  }

  /** @throws Problem state-unwritable: nothing has changed */
  async #write(tokens: readonly StoredToken[]): Promise<void> {
    const next = tokens.map((token) => this.#asUsed(token));
    try {
      if (this.#path !== undefined) await writeTokens(this.#path, next);
    } catch (error) {
      throw new Problem(
        'state-unwritable',
        `${this.#path ?? ''} cannot be written: ${(error as Error).message}.`,
        {
          cause: error,
        },
      );
    }
    this.#tokens = next;
  }
}

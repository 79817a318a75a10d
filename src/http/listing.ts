import { createHash } from 'node:crypto';

/** An answer as it goes out. */
export interface PreparedAnswer {
  body: Buffer;
  /** Of just these bytes. */
  etag: string;
}

/** So many ways of asking for one listing are remembered. */
const most = 64;

/** A list of one moment, and the answers that were made of it: those who share the one share the bytes of the other. */
export class Listing<T> {
  readonly items: readonly T[];
  readonly #answers = new Map<string, PreparedAnswer>();

  constructor(items: readonly T[]) {
    this.items = items;
  }

  /**
   * The answer to a question.
   * @param question the same for the same one, and for no other
   * @param make writes it as JSON, where nobody has asked so yet
   */
  answer(question: string, make: (items: readonly T[]) => string): PreparedAnswer {
    const known = this.#answers.get(question);
    if (known) return known;
    const body = Buffer.from(make(this.items));
    const answer = { body, etag: `"${createHash('sha256').update(body).digest('base64url')}"` };
    if (this.#answers.size < most) this.#answers.set(question, answer);
    return answer;
  }
}

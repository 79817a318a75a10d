import { createHash } from 'node:crypto';

/** An answer as it goes out. */
export interface PreparedAnswer {
  body: Buffer;
  etag: string;
}

/** So many ways of asking for one listing are remembered. */
const most = 8;

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
   * @param tag its entity tag, where that is not one of the bytes
   */
  answer(
    question: string,
    make: (items: readonly T[]) => string,
    tag?: (items: readonly T[]) => string,
  ): PreparedAnswer {
    const known = this.#answers.get(question);
    if (known) return known;
    const body = Buffer.from(make(this.items));
    const etag = tag?.(this.items) ?? `"${createHash('sha256').update(body).digest('base64url')}"`;
    const answer = { body, etag };
    if (this.#answers.size < most) this.#answers.set(question, answer);
    return answer;
  }
}

import { answersIn, type RawAnswer } from './answers.js';
import { Cast } from './cast.js';
import { type Census, differences, takeCensus } from './census.js';
import { faultsOf } from './check.js';
import { evidenceOf, type Finding } from './findings.js';
import { Made } from './made.js';
import { type Message, toBytes } from './requests/message.js';
import { Requests } from './requests/index.js';
import { Schemas } from './schemas.js';
import { send } from './send.js';
import type { Stage } from './stage.js';

/** After so many requests what they have destroyed is made anew; after so many, all is cleared and counted. */
const between = { mending: 100, census: 1000 };

/**
 * Whose body is larger may find the connection closed before the answer is read: it was refused before it had come. The buffer of
 * a unix socket has place for that much; what does not go into it at once fails when the other side closes.
 */
const surelyRead = 64 * 1024;

export interface RunOptions {
  seed: number;
  from: number;
  requests: number;
}

export interface Outcome {
  findings: Finding[];
  /** How many answers of each status there were. */
  statuses: Map<number, number>;
  /** How long the requests of each operation took together, ms, and how many there were. */
  took: Map<string, { count: number; ms: number }>;
}

/** Sends a run's requests, one after the other, so that a run with the same seed does the same. */
export class Run {
  readonly #stage: Stage;
  readonly #schemas: Schemas;
  readonly #made = new Made();
  readonly #cast: Cast;
  readonly outcome: Outcome = { findings: [], statuses: new Map(), took: new Map() };

  constructor(stage: Stage) {
    this.#stage = stage;
    this.#schemas = new Schemas(stage.document);
    this.#cast = new Cast(stage, this.#made);
  }

  /** @param say told how far it is, after each census */
  async go({ seed, from, requests: count }: RunOptions, say: (done: number) => void): Promise<Outcome> {
    const { host, document } = this.#stage;
    const requests = new Requests(document, seed);
    // what the first VM of a host leaves for good, such as tables without a rule, is no finding
    await this.#cast.enter();
    await this.#cast.leave();
    const before = await takeCensus(host);
    await this.#cast.enter();
    let counted = from;
    for (let done = 0; done < count;) {
      const index = from + done;
      await this.#one(index, requests.at(index));
      done += 1;
      if (done % between.census === 0 || done === count) {
        await this.#cast.leave();
        await this.#compare(before, { from: counted, requests: index + 1 - counted });
        counted = index + 1;
        say(done);
        if (done < count) await this.#cast.enter();
      } else if (done % between.mending === 0) await this.#cast.enter();
    }
    return this.outcome;
  }

  async #compare(before: Census, again: Finding['again']): Promise<void> {
    for (const fault of differences(before, await takeCensus(this.#stage.host))) {
      this.outcome.findings.push({ again, fault, evidence: 'found when all that was made had been deleted' });
    }
  }

  #found(index: number, fault: string, evidence: string): void {
    this.outcome.findings.push({ again: { from: index, requests: 1 }, fault, evidence });
  }

  async #one(index: number, message: Message): Promise<void> {
    const { service, tokens } = this.#stage;
    const wire = toBytes(message, this.#made.fill(tokens, message.caller));
    const began = performance.now();
    const { bytes, isStream } = await send(service.socket, wire, message.endsEarly === true);
    const name = message.operation?.operationId ?? 'none';
    const { count, ms } = this.outcome.took.get(name) ?? { count: 0, ms: 0 };
    this.outcome.took.set(name, { count: count + 1, ms: ms + performance.now() - began });
    if (isStream) return;
    let answers: RawAnswer[] = [];
    try {
      answers = answersIn(bytes, message.method === 'HEAD');
    } catch (error) {
      this.#found(
        index,
        (error as Error).message,
        evidenceOf(message, wire, [], [{ received: bytes.toString('latin1') }]),
      );
    }
    if (answers.length === 0 && message.operation && wire.length <= surelyRead) {
      this.#found(index, 'the connection is closed without an answer', evidenceOf(message, wire, [], []));
    }
    for (const answer of answers) {
      this.outcome.statuses.set(answer.status, (this.outcome.statuses.get(answer.status) ?? 0) + 1);
      const faults = faultsOf(this.#schemas, message, answer);
      for (const fault of faults) {
        const id = /"instance":"([^"]+)"/.exec(answer.body.toString())?.[1] ?? '';
        this.#found(
          index,
          `${name}: ${fault}`,
          evidenceOf(message, wire, answers, answer.status >= 500 ? service.logOf(id) : []),
        );
      }
      this.#made.learn(message, answer);
    }
  }
}

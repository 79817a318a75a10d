import Type from 'typebox';
import Value from 'typebox/value';
import {
  createVirtwardenClient,
  type Problem as ProblemAnswer,
  type Schemas,
  type VirtwardenClient,
} from '../client/index.js';
import { nodeFetch } from '../client/node-fetch.js';
import { Problem } from '../errors.js';
import { Config } from '../schemas/config.js';

/** How long the destination's virtwarden may take for an answer, ms: it answers everything within 120 s. */
const answerMs = 130_000;

/** What of a policy decides which filters NICs get. */
const { EnableMACAntiSpoofingFilterRules, ClusterCompatibilityVersion, DefaultFilters } = Config.properties;
const Deciding = Type.Object({
  EnableMACAntiSpoofingFilterRules,
  ClusterCompatibilityVersion,
  DefaultFilters,
});

/** No answer that is asked for here has so many. */
const mostBytes = 4 * 1024 * 1024;

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}
type Call<T> = (client: VirtwardenClient, signal: AbortSignal) => Promise<Answer<T>>;

/** What an answer that is no success says. */
function saidBy(error: unknown, { status }: Response): string {
  const detail = (error as Partial<ProblemAnswer> | undefined)?.detail;
  return detail === undefined ? `it answers ${status}` : `it answers ${status}, ${detail.replace(/\.$/, '')}`;
}

/** Reads an answer to its end, which one who is no virtwarden may never come to. */
async function wholeAnswer(request: Request): Promise<Response> {
  const answer = await nodeFetch({})(request);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of (answer.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > mostBytes) throw new Error(`its answer is longer than ${mostBytes} bytes`);
    chunks.push(chunk);
  }
  return new Response(bytes > 0 ? Buffer.concat(chunks) : null, answer);
}

/** The destination's virtwarden. */
export class Peer {
  readonly url: string;
  readonly #token: string | undefined;
  readonly #client: VirtwardenClient;
  readonly #until: AbortSignal | undefined;

  /** @param until what is asked is given up when this is aborted */
  constructor(url: string, token: string | undefined, until?: AbortSignal) {
    this.url = url;
    this.#token = token;
    this.#client = createVirtwardenClient({
      baseUrl: url,
      fetch: wholeAnswer,
      ...(token !== undefined && { token }),
    });
    this.#until = until;
  }

  /** The same, of which nothing is waited for after the signal. */
  within(until: AbortSignal): Peer {
    return new Peer(this.url, this.#token, until);
  }

  /** @throws Problem destination-unreachable */
  async #ask<T>(call: Call<T>): Promise<Answer<T>> {
    const late = AbortSignal.timeout(answerMs);
    try {
      return await call(this.#client, this.#until ? AbortSignal.any([late, this.#until]) : late);
    } catch (error) {
      throw this.#unreachable((error as Error).message, error);
    }
  }

  #unreachable(why: string, cause?: unknown): Problem {
    return new Problem('destination-unreachable', `virtwarden at ${this.url} cannot be asked: ${why}.`, {
      cause,
    });
  }

  async #have<T>(call: Call<T>): Promise<T> {
    const { data, error, response } = await this.#ask(call);
    if (data === undefined) throw this.#unreachable(saidBy(error, response));
    if (typeof data === 'object' && data !== null && !Array.isArray(data)) return data;
    throw this.#unreachable('it does not answer as virtwarden does');
  }

  /** @throws Problem destination-unreachable */
  host(): Promise<Schemas['Host']> {
    return this.#have((client, signal) => client.GET('/v1/host', { signal }));
  }

  /** @throws Problem destination-unreachable */
  async config(): Promise<Schemas['Config']> {
    const config = await this.#have((client, signal) => client.GET('/v1/config', { signal }));
    // an older or a newer version may have fewer switches, or more
    if (Value.Check(Deciding, config)) return config;
    throw this.#unreachable('it does not answer as virtwarden does');
  }

  /** The verdict of a NIC; undefined while the VM, or the NIC, is not there. @throws Problem destination-unreachable */
  async enforcement(vm: string, mac: string): Promise<Schemas['Enforcement'] | undefined> {
    const { data, error, response } = await this.#ask((client, signal) =>
      client.GET('/v1/vms/{vm}/nics/{mac}/enforcement', { params: { path: { vm, mac } }, signal }),
    );
    if (data === undefined && response.status !== 404) throw this.#unreachable(saidBy(error, response));
    return data;
  }

  /** Has the destination put a NIC right, as far as it can. @throws Problem destination-unreachable when there is no answer */
  async repair(vm: string, mac: string): Promise<void> {
    await this.#ask((client, signal) =>
      client.POST('/v1/vms/{vm}/nics/{mac}/enforcement/repair', { params: { path: { vm, mac } }, signal }),
    );
  }

  /**
   * Has a paused VM run, which it does only when its filters were seen in the kernel there.
   * @returns why it does not; undefined when it does
   * @throws Problem destination-unreachable
   */
  async resume(vm: string): Promise<string | undefined> {
    const { data, error, response } = await this.#ask((client, signal) =>
      client.POST('/v1/vms/{vm}/resume', { params: { path: { vm } }, signal }),
    );
    return data === undefined ? saidBy(error, response) : undefined;
  }
}

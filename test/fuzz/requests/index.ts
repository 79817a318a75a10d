import fc, { type Arbitrary } from 'fast-check';
import { Arbitraries } from '../arbitrary.js';
import { type OpenApi, type Operation, operationsOf } from '../document.js';
import { hints } from '../hints.js';
import { encoded } from './encoded.js';
import { hostile } from './hostile.js';
import { type Caller, type Kind, type Message } from './message.js';
import { nearlyValid } from './nearly.js';
import { type Parts, toMessage, validParts } from './parts.js';
import { wire } from './wire.js';
import { hostileXml, validXml } from './xml.js';

/** Valid requests of these move guests about, or rebuild rules: half a second and more each. Others have the weight 10. */
const rare: Readonly<Record<string, number>> = {
  ...{
    startVm: 3,
    stopVm: 2,
    suspendVm: 3,
    resumeVm: 3,
    resetVm: 2,
    rebootVm: 1,
    shutdownVm: 2,
    deleteVm: 3,
  },
  ...{ createVm: 8, plugNic: 5, unplugNic: 3, updateNic: 5, putFilterParameters: 5, putNwfilter: 5 },
  ...{ repairEnforcement: 2, repairNicEnforcement: 2, updateConfig: 4 },
};
const kindWeights: Record<Kind, number> = { valid: 8, nearly: 8, hostile: 8, encoded: 2, wire: 3 };
const callerWeights: Record<Caller, number> = {
  ...{ admin: 14, trusted: 2, operator: 3, viewer: 1, nobody: 1, stranger: 1 },
};

function weighted<T extends string>(weights: Readonly<Record<T, number>>): Arbitrary<T> {
  const all = (Object.entries(weights) as [T, number][]).map(([one, weight]) => ({
    weight,
    arbitrary: fc.constant(one),
  }));
  return fc.oneof(...all);
}

type Unsigned = Omit<Message, 'kind' | 'caller'>;

/** The requests of a run: the same for the same document and seed, each by its number and by itself. */
export class Requests {
  readonly #seed: number;
  readonly #message: Arbitrary<Message>;

  constructor(document: OpenApi, seed: number) {
    this.#seed = seed;
    const operations = operationsOf(document);
    const arbitraries = new Arbitraries(document, hints);
    const valid = new Map(operations.map((operation) => [operation, validParts(arbitraries, operation)]));
    const partsOf = (operation: Operation): Arbitrary<Parts> => valid.get(operation) ?? fc.constantFrom();
    const seldom = fc.oneof(
      ...operations.map((operation) => ({
        weight: rare[operation.operationId] ?? 10,
        arbitrary: fc.constant(operation),
      })),
    );
    const withBody = fc.constantFrom(...operations.filter(({ requestBody }) => requestBody));
    const withXml = fc.constantFrom(
      ...operations.filter(({ requestBody }) => requestBody?.content?.['application/xml']),
    );
    // what is refused costs little: more of those that take a body
    const mostlyBody = fc.oneof(
      { weight: 2, arbitrary: withBody },
      { weight: 1, arbitrary: fc.constantFrom(...operations) },
    );
    const xml = (text: Arbitrary<string>): Arbitrary<Unsigned> =>
      withXml.chain((operation) =>
        fc.tuple(partsOf(operation), text).map(([parts, text]) => ({
          ...toMessage(operation, { ...parts, body: undefined }),
          headers: [['content-type', 'application/xml']],
          body: Buffer.from(text),
        })),
      );
    const changed = (change: (parts: Parts) => Arbitrary<Parts>): Arbitrary<Unsigned> =>
      mostlyBody.chain((operation) =>
        partsOf(operation)
          .chain(change)
          .map((parts) => toMessage(operation, parts)),
      );
    const byKind: Record<Kind, Arbitrary<Unsigned>> = {
      valid: fc.oneof(
        {
          weight: 20,
          arbitrary: seldom.chain((operation) =>
            partsOf(operation).map((parts) => toMessage(operation, parts)),
          ),
        },
        { weight: 1, arbitrary: xml(validXml) },
      ),
      nearly: changed(nearlyValid),
      hostile: fc.oneof(
        { weight: 12, arbitrary: changed(hostile) },
        { weight: 1, arbitrary: xml(hostileXml) },
      ),
      encoded: withBody.chain((operation) =>
        partsOf(operation)
          .chain((parts) =>
            fc.tuple(fc.constant(toMessage(operation, parts)), encoded(JSON.stringify(parts.body))),
          )
          .map(([message, { body, headers }]) => ({ ...message, body, headers })),
      ),
      wire,
    };
    this.#message = fc
      .tuple(weighted(kindWeights), weighted(callerWeights))
      .chain(([kind, caller]) => byKind[kind].map((message) => ({ ...message, kind, caller })));
  }

  /** The request of a number. */
  at(index: number): Message {
    const [message] = fc.sample(this.#message, { seed: mixed(this.#seed, index), numRuns: 1 });
    if (!message) throw new Error('fast-check made no request');
    return message;
  }
}

/** A seed for one request: near seeds give near requests. The finalizer of MurmurHash3. */
function mixed(seed: number, index: number): number {
  let h = Math.imul(seed ^ Math.imul(index + 1, 0x9e3779b1), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) | 0;
}

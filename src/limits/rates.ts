import { isIPv6 } from 'node:net';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { Problem } from '../errors.js';

/** Points are given anew so often, seconds: nobody who has used them up waits for longer. */
const windowSeconds = 10;
/** What a request costs that showed a token which is none, in requests. */
const unauthorizedCost = 100;
/** And one that changes something: it is written into the audit log, out of which nobody is to push the others' entries. */
const changeCost = 10;
/** And one that asked for more than its role allows. */
const forbiddenCost = 20;

/** Where somebody is whom nobody knows: an IPv6 host has a network of addresses to choose from. */
export function placeOf(address: string | undefined): string {
  if (address === undefined || !isIPv6(address)) return address ?? 'socket';
  if (address.startsWith('::ffff:')) return address.slice('::ffff:'.length);
  const [head = '', tail] = address.split('::');
  const [first, last] = [head.split(':'), tail === undefined ? [] : tail.split(':')].map((groups) =>
    groups.filter((group) => group !== ''),
  ) as [string[], string[]];
  const missing = tail === undefined ? 0 : 8 - first.length - last.length;
  const groups = [...first, ...Array.from({ length: missing }, () => '0'), ...last];
  return `${groups.slice(0, 4).join(':')}::/64`;
}

/**
 * How many requests a caller may send. Who shows no valid token is counted by its address, and apart from those who do:
 * nobody can use up what belongs to another, though they come from the same address.
 */
export class RequestRates {
  readonly #callers: RateLimiterMemory;
  readonly #places: RateLimiterMemory;

  /** @param perMinute the requests of a caller, and of all from an address of whom nobody knows who they are */
  constructor(perMinute: number) {
    const points = Math.max(unauthorizedCost, Math.ceil((perMinute * windowSeconds) / 60));
    this.#callers = new RateLimiterMemory({ points, duration: windowSeconds });
    this.#places = new RateLimiterMemory({ points, duration: windowSeconds });
  }

  /** A caller asks for something. @throws Problem too-many-requests */
  async ask(key: string, { changes = false } = {}): Promise<void> {
    await spend(this.#callers, key, changes ? changeCost : 1);
  }

  /** A caller asked for what it may not. @throws Problem too-many-requests */
  async overstep(key: string): Promise<void> {
    await spend(this.#callers, key, forbiddenCost);
  }

  /** Somebody asks for what anyone may see. @throws Problem too-many-requests */
  async askUnknown(address: string | undefined): Promise<void> {
    await spend(this.#places, `any ${placeOf(address)}`, 1);
  }

  /** Somebody was not let in. @throws Problem too-many-requests */
  async refuse(address: string | undefined): Promise<void> {
    await spend(this.#places, `refused ${placeOf(address)}`, unauthorizedCost);
  }
}

async function spend(limiter: RateLimiterMemory, key: string, points: number): Promise<void> {
  try {
    await limiter.consume(key, points);
  } catch (error) {
    if (!(error instanceof RateLimiterRes)) throw error;
    // no longer than a window, which ends by the monotonic clock: the other may have gone back
    const seconds = Math.min(windowSeconds, Math.max(1, Math.ceil(error.msBeforeNext / 1000)));
    throw new Problem('too-many-requests', `Too many requests: come back in ${seconds} s.`, {
      retryAfter: seconds,
    });
  }
}

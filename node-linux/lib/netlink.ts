import { addon } from './native.js';
import { systemError } from './system-error.js';

/** Netlink's protocols. @see https://man7.org/linux/man-pages/man7/netlink.7.html */
export const NETLINK_ROUTE = 0;
export const NETLINK_NETFILTER = 12;

/** What is to be dumped. */
export interface DumpRequest {
  /** Of the message, 16 bits. */
  type: number;
  /** What follows the message's header. */
  body: Uint8Array;
}

const checked = ({ type, body }: DumpRequest): DumpRequest => {
  if (!Number.isInteger(type) || type < 0 || type > 0xffff)
    throw new RangeError(`${type} is no type of a netlink message`);
  if (!(body instanceof Uint8Array)) throw new TypeError('The body of a netlink message is a Uint8Array.');
  return { type, body };
};

/**
 * A netlink protocol of the kernel, in the network namespace of this process.
 * @see https://man7.org/linux/man-pages/man7/netlink.7.html
 */
export class Netlink {
  readonly #protocol: number;

  /** @param protocol such as NETLINK_NETFILTER */
  constructor(protocol: number) {
    this.#protocol = protocol;
  }

  /**
   * Asks for dumps (NLM_F_DUMP), one after the other, over a socket that is open no longer than that.
   * @returns for each request all messages of the answer with their headers, in the host's byte order, each at a multiple of
   * 4 bytes; without the one that ends it
   * @throws Error as Node's own system errors: its `code` is what the kernel answers, EINTR when what is dumped was changed
   * meanwhile, EAGAIN when the kernel was silent for 5 s; the first that fails ends it
   * @throws TypeError, RangeError for what is no request
   */
  async dump(requests: readonly DumpRequest[]): Promise<Buffer[]> {
    const given = requests.map(checked).flatMap(({ type, body }) => [type, body]);
    try {
      return await addon.dump(this.#protocol, given);
    } catch (error) {
      throw systemError(error);
    }
  }
}

import type { Test } from 'tap';
import { guardFor } from '../../src/guard/rules.js';
import { putScript } from '../../src/guard/script.js';
import {
  type Bytes,
  ipv4,
  isFrame,
  linkLocalOf,
  type Observer,
  startHost,
  type TestHost,
  udpDatagram,
} from '../hosts/index.js';

const mac = '52:54:00:00:00:01';
/** The NIC whose guard the port has. */
export const own = { mac, ip: '10.0.0.2', ip6: 'fd66::2', linkLocal: linkLocalOf(mac) };
export const forged = '52:54:00:00:00:66';

/** What virtwarden-strict is made of. */
export const strict = [
  'virtwarden-strict-mac',
  'virtwarden-no-server-roles',
  'virtwarden-own-ipv4',
  'virtwarden-own-ipv6',
];

/** A port with a guard and no guest: a veth, whose frames come to the guard as a tap's do. */
export class GuardedPort {
  readonly #host: TestHost;
  readonly #port: Observer;
  readonly #observer: Observer;
  #markers = 0;

  private constructor(host: TestHost, port: Observer, observer: Observer) {
    this.#host = host;
    this.#port = port;
    this.#observer = observer;
  }

  static async start(t: Test, filters: readonly string[]): Promise<GuardedPort> {
    const host = await startHost();
    t.teardown(() => host.stop());
    const guarded = new GuardedPort(host, await host.observer('br0'), await host.observer('br0'));
    await guarded.guard(filters);
    return guarded;
  }

  /** Gives the port the guard of these filters, in the place of the one it has. */
  async guard(filters: readonly string[]): Promise<void> {
    const parameters = [
      { name: 'IP', value: own.ip },
      { name: 'IPV6', value: own.ip6 },
      { name: 'IPV6', value: own.linkLocal },
    ];
    const guard = guardFor({ port: this.#port.port, mac, filters, parameters });
    await this.#host.run('nft', ['-f', '-'], { input: putScript(guard) });
  }

  /** Whether a frame comes through: told once a right one came after it. */
  async passes(frame: Bytes): Promise<boolean> {
    const before = this.#observer.count(isFrame(frame));
    const payload = udpDatagram(4000, 4000, Buffer.from(`marker ${++this.#markers}.`));
    const marker = ipv4({ src: mac }, { src: own.ip, dst: '10.0.0.9', protocol: 17, payload });
    const arrival = this.#observer.next(isFrame(marker));
    await this.#port.send(frame);
    await this.#port.send(marker);
    await arrival;
    if (this.#observer.dropped > 0) throw new Error('the observer lost frames: nothing can be concluded');
    return this.#observer.count(isFrame(frame)) > before;
  }

  /** Sends a frame over and over while something is done; gives how many were sent, and whether any came through. */
  async sendWhile(frame: Bytes, done: () => Promise<void>): Promise<{ sent: number; passed: boolean }> {
    const before = this.#observer.count(isFrame(frame));
    const work = { over: false };
    const working = done().finally(() => (work.over = true));
    let sent = 0;
    for (; !work.over; sent++) await this.#port.send(frame);
    await working;
    await this.passes(frame);
    return { sent, passed: this.#observer.count(isFrame(frame)) > before };
  }
}

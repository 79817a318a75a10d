import { setTimeout as sleep } from 'node:timers/promises';
import type { Enforcement } from '../../src/schemas/enforcement.js';
import {
  arp,
  attempt,
  type Bytes,
  ethernet,
  type Flood,
  isFrame,
  marker,
  type Observer,
} from '../../test/hosts/index.js';
import type { Service } from '../../test/integration/service.js';
import { type Actor, verdict } from './actor.js';
import { expect } from './expected.js';
import { figure, say } from './screen.js';

/** Everyone on the bridge of the demo. */
export interface Cast {
  honest: Actor;
  liar: Actor;
  /** A port of the same bridge, to which whatever is broadcast comes. */
  watcher: Observer;
}

/** How far the liar has got. */
export interface Count {
  sent: number;
  drops: Enforcement['drops'];
  through: number;
}

/** How long a NIC may be closed to be put right, and how often it is looked whether it is open again, ms. */
const longestRepairMs = 30_000;
const againMs = 500;
const pauseUs = 2000;
const sample = 20;
const unusedType = 0x88b5;

/** What the liar sends all the while, and what became of it. */
export class Lies {
  readonly #service: Service;
  readonly #cast: Cast;
  readonly #frames: Bytes[];
  readonly #flood: Flood;

  private constructor(service: Service, cast: Cast, frames: Bytes[], flood: Flood) {
    this.#service = service;
    this.#cast = cast;
    this.#frames = frames;
    this.#flood = flood;
  }

  /** Shows first that the honest one's frames come through: what the watcher does not see later, it could have seen. */
  static async begin(service: Service, cast: Cast): Promise<Lies> {
    const { honest, liar, watcher } = cast;
    const asHonest = ethernet({
      src: honest.mac,
      type: unusedType,
      payload: Buffer.from('I am the honest one'),
    });
    const inArp = arp(
      { src: liar.mac },
      { op: 2, senderMac: honest.mac, senderIp: '10.0.0.2', targetIp: '10.0.0.1' },
    );
    const seen = await attempt(honest.guest, honest.mac, watcher, asHonest, { count: sample });
    say('honest', `sends ${sample} broadcasts from its own address: ${seen} reach a watcher on the bridge`);
    expect(seen === sample, `the watcher saw ${seen} of ${sample} honest frames`);
    watcher.clear();
    const frames = [asHonest, inArp];
    const flood = await liar.guest.flood('eth0', frames, { intervalUs: pauseUs });
    say('liar', "sends the very same frame, and ARP replies in the honest one's name, all the while");
    return new Lies(service, cast, frames, flood);
  }

  /** Says how far the liar has got up to now; it may not have got through. */
  async report(): Promise<void> {
    const { sent, drops, through } = await this.#count();
    const { total, ...classes } = drops;
    const each = Object.entries(classes).map(([kind, count]) => `${kind} ${figure(count)}`);
    say(
      'liar',
      `sent ${figure(sent)}; dropped ${figure(total)} (${each.join(', ')}); reached the watcher: ${figure(through)}`,
    );
  }

  /** Ends them, and gives the final count. */
  async end(): Promise<Count> {
    const { sent } = await this.#flood.stop();
    return this.#count(sent);
  }

  /** A NIC that is just being put right passes nothing: what it had to say is said again. */
  async #sendUntilSeen(frame: Bytes): Promise<void> {
    const { liar, watcher } = this.#cast;
    const arrival = watcher.next(isFrame(frame), longestRepairMs).then(() => true);
    arrival.catch(() => undefined); // it is waited for below
    do await liar.guest.send('eth0', frame);
    while (!(await Promise.race([arrival, sleep(againMs, false)])));
  }

  async #count(final?: number): Promise<Count> {
    const { liar, watcher } = this.#cast;
    // A true frame overtakes none that the liar sent before: once it is there, what is missing was dropped.
    const last = marker(liar.mac);
    await this.#sendUntilSeen(last);
    const { drops } = await verdict(this.#service, liar);
    const sent = final ?? (await this.#flood.count()).sent;
    const through = watcher.count((seen) => this.#frames.some((frame) => isFrame(frame)(seen)));
    expect(watcher.dropped === 0, `the watcher missed ${watcher.dropped} frames, so its count means nothing`);
    expect(through === 0, `${figure(through)} forged frames reached the watcher`);
    expect(drops.total <= sent, `${figure(drops.total)} frames were dropped of ${figure(sent)} forged ones`);
    return { sent, drops, through };
  }
}

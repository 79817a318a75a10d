import {
  arp,
  attempt,
  type Bytes,
  ethernet,
  type Flood,
  floodAtBoot,
  Guest,
  type Observer,
  sourceMac,
  type TestHost,
} from '../../hosts/index.js';
import { onBridge, type Service } from '../../integration/service.js';

/** Whose frames are forged: no NIC's here. */
const victim = '52:54:00:66:66:66';
const victimBytes = Buffer.from(victim.replaceAll(':', ''), 'hex');
const unusedType = 0x88b5;
const pauseUs = 2000;
/** Those that run from the beginning to the end. */
const steady = { 'steady-1': '52:54:00:00:aa:01', 'steady-2': '52:54:00:00:aa:02' };
const macs: string[] = Object.values(steady);

const fromVictim = ethernet({ src: victim, type: unusedType });
const asVictim = (mac: string): Bytes =>
  arp({ src: mac }, { op: 2, senderMac: victim, senderIp: '10.6.6.6', targetIp: '10.6.6.7' });
const isForged = (frame: Buffer): boolean => frame.includes(victimBytes);

/** What the kernel of a VM is told, so that its guest forges frames from its first moment on. */
export const forgesAtBoot = floodAtBoot('*', [fromVictim], pauseUs);

/** Two guests that forge frames all the while, and a port of the same bridge to which each would come. */
export class Spoofers {
  readonly #host: TestHost;
  readonly #observer: Observer;
  readonly #guests: Guest[] = [];
  readonly #floods: Flood[] = [];

  private constructor(host: TestHost, observer: Observer) {
    this.#host = host;
    this.#observer = observer;
  }

  /** @throws Error when one of the VMs could not be made */
  static async start(host: TestHost, service: Service): Promise<Spoofers> {
    const keep = (frame: Buffer): boolean => isForged(frame) || macs.includes(sourceMac(frame));
    const spoofers = new Spoofers(host, await host.observer('br0', { keep }));
    for (const [name, mac] of Object.entries(steady)) {
      const { status, body } = await service.create(name, [onBridge(mac)]);
      if (status !== 201) throw new Error(`${name} was not made: ${JSON.stringify(body)}`);
      const guest = await (await Guest.attach(host, name)).ready();
      spoofers.#guests.push(guest);
      const frames = [fromVictim, asVictim(mac)];
      spoofers.#floods.push(await guest.flood('eth0', frames, { intervalUs: pauseUs }));
    }
    return spoofers;
  }

  /** Forged frames that came through, from whichever guest. */
  get seen(): number {
    return this.#observer.count(isForged);
  }

  /** Ends it. @returns how many frames the two have sent */
  async stop(): Promise<number> {
    const counts = await Promise.all(this.#floods.map((flood) => flood.stop()));
    return counts.reduce((sum, { sent }) => sum + sent, 0);
  }

  /**
   * Whether 0 seen means that none came: the guests can send, the observer would see a forged frame, and has lost none.
   * @returns what speaks against it
   */
  async doubts(): Promise<string[]> {
    const doubts: string[] = [];
    for (const [i, guest] of this.#guests.entries()) {
      const mac = macs[i] ?? '';
      const came = await attempt(guest, mac, this.#observer, ethernet({ src: mac, type: unusedType }));
      if (came !== 1) doubts.push(`of a frame that ${guest.name} may send ${came} came`);
    }
    await using other = await this.#host.observer('br0');
    const arrival = this.#observer.next(isForged);
    await other.send(fromVictim);
    await arrival;
    if (this.#observer.dropped > 0) doubts.push(`the observer lost ${this.#observer.dropped} frames`);
    return doubts;
  }
}

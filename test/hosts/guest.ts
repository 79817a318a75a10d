import { connect } from 'node:net';
import { Flood, type FloodOptions } from './flood.js';
import { type Bytes, hexOf } from './frames/bytes.js';
import type { TestHost } from './host.js';
import { SerialLines } from './serial.js';

/** A running guest, told what to do over its serial port. */
export class Guest implements AsyncDisposable {
  readonly name: string;
  readonly #lines: SerialLines;
  readonly #detach: () => Promise<void>;
  #floods = 0;

  private constructor(name: string, lines: SerialLines, detach: () => Promise<void>) {
    this.name = name;
    this.#lines = lines;
    this.#detach = detach;
  }

  /** Opens the serial port (pty or unix socket) that the running VM's XML names; see `ready`. */
  static async attach(host: TestHost, name: string): Promise<Guest> {
    const xml = await host.virsh('dumpxml', name);
    const serial = /<serial type='(\w+)'[^]*?<source [^>]*path='([^']+)'/.exec(xml);
    const [, type, path = ''] = serial ?? [];
    if (type === 'unix') {
      const socket = connect(`/proc/${host.pid}/root${path}`);
      const over = new Promise<void>((resolve) => socket.once('close', resolve));
      return new Guest(name, new SerialLines(socket, socket, over), async () => {
        socket.destroy();
        await over;
      });
    }
    if (type !== 'pty') throw new Error(`${name} has no serial port that can be opened`);
    const pty = await host.spawn(host.programs.pty, [path]);
    const lines = new SerialLines(
      pty.stdout,
      pty.stdin,
      pty.ended.then(() => undefined),
    );
    return new Guest(name, lines, async () => {
      pty.stdin.destroy();
      await pty.ended;
    });
  }

  /** Resolves when the guest is up and listens. */
  async ready(timeoutMs = 60_000): Promise<this> {
    await this.#lines.ready(timeoutMs);
    return this;
  }

  /** What the serial port said that was no answer: kernel messages, for instance. */
  get log(): string[] {
    return this.#lines.other;
  }

  /** Runs a busybox shell command; gives its output, stderr included, and rejects unless it ended with 0. */
  async sh(command: string, timeoutMs = 60_000): Promise<string> {
    const { status, output } = await this.trySh(command, timeoutMs);
    if (status !== 0) throw new Error(`${this.name}: ${command}: exit ${status}: ${output}`);
    return output;
  }

  async trySh(command: string, timeoutMs = 60_000): Promise<{ status: number; output: string }> {
    const answer = await this.#lines.request(`SH ${hexOf(Buffer.from(command))}`, timeoutMs);
    const [status = '', output = ''] = answer.split(' ');
    return { status: Number(status), output: Buffer.from(output, 'hex').toString() };
  }

  /** Brings an interface up, with an address (CIDR) where given. */
  async up(ifname: string, address?: string): Promise<void> {
    await this.sh(`ip link set ${ifname} up${address ? ` && ip addr add ${address} dev ${ifname}` : ''}`);
  }

  /** The guest's Ethernet interfaces: name and MAC. */
  async interfaces(): Promise<{ name: string; mac: string }[]> {
    const text = await this.sh(
      'for i in /sys/class/net/*; do echo ${i##*/} $(cat $i/address) $(cat $i/type); done',
    );
    return text.split('\n').flatMap((line) => {
      const [name = '', mac = '', type] = line.split(' ');
      return type === '1' ? [{ name, mac }] : [];
    });
  }

  /** Pings; gives how many answers came. */
  async ping(address: string, count = 1, timeoutSeconds = 3): Promise<number> {
    const command = `${address.includes(':') ? 'ping6' : 'ping'} -c ${count} -i 0.2 -W ${timeoutSeconds} ${address}`;
    const { output } = await this.trySh(command, (count + timeoutSeconds) * 1000 + 30_000);
    return Number(/(\d+) packets received/.exec(output)?.[1] ?? 0);
  }

  /** Neighbour entries (ARP and ND), one a line. */
  neighbours(): Promise<string> {
    return this.sh('ip neigh');
  }

  /** Sends a frame as it is; resolves when the guest's kernel took it. */
  async send(ifname: string, frame: Bytes | string, count = 1, intervalUs = 0): Promise<void> {
    await this.#lines.request(
      `SEND ${ifname} ${hexOf(frame)} ${count} ${intervalUs}`,
      60_000 + (count * intervalUs) / 500,
    );
  }

  /** Sends these frames in turn, in the background, until stopped. */
  async flood(ifname: string, frames: (Bytes | string)[], options: FloodOptions = {}): Promise<Flood> {
    const { intervalUs = 200, sequenceAt = -1, whenAppears = false } = options;
    const name = `flood${++this.#floods}`;
    const list = frames.map(hexOf).join(',');
    await this.#lines.request(
      `${whenAppears ? 'AUTO' : 'FLOOD'} ${name} ${ifname} ${intervalUs} ${sequenceAt} ${list}`,
    );
    return new Flood(this.#lines, name);
  }

  /** The flood that the kernel's command line asked for (see `floodAtBoot`). */
  bootFlood(index = 0): Flood {
    return new Flood(this.#lines, `boot${index}`);
  }

  /**
   * Listens on an interface; once this resolves, `frame` resolves to the first frame whose beginning is `pattern` where
   * `mask` has ones (everywhere unless told).
   */
  async expect(
    ifname: string,
    pattern: Bytes,
    mask?: Bytes,
    timeoutMs = 10_000,
  ): Promise<{ frame: Promise<Buffer> }> {
    const ones = mask ?? Buffer.alloc(pattern.length, 255);
    const request = `RECV ${ifname} ${timeoutMs} ${hexOf(pattern)} ${hexOf(ones)}`;
    const { armed, answer } = this.#lines.requestArmed(request, timeoutMs + 30_000);
    await armed;
    return { frame: answer.then((hex) => Buffer.from(hex, 'hex')) };
  }

  /** Lets go of the serial port; the guest goes on. */
  detach(): Promise<void> {
    return this.#detach();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.detach();
  }
}

import { createInterface } from 'node:readline';
import { hexOf } from './frames/bytes.js';
import type { TestHost } from './host.js';
import type { Inside } from './namespaces.js';
import type { RunOptions } from './command.js';

export interface ObserverOptions {
  /** With an address (CIDR) the port is an honest Linux host, whose kernel answers ARP and ping. */
  ip?: string;
  mac?: string;
  /** Frames that are not kept; what is not kept cannot be counted or waited for. */
  keep?: (frame: Buffer) => boolean;
}

/** A frame as it was on the wire (VLAN tags in place) and when it came, in nanoseconds of the monotonic clock. */
export interface Seen {
  data: Buffer;
  time: bigint;
}

export type FramePredicate = (frame: Buffer) => boolean;

let ports = 0;

/** A port of a bridge, in a network namespace of its own, that sees every frame which reaches it and can send any. */
export class Observer implements AsyncDisposable {
  /** The bridge's end. */
  readonly port: string;
  readonly frames: Seen[] = [];
  /** Frames that the kernel could not keep for us: while this is not 0, an absence proves nothing. */
  dropped = 0;
  readonly #host: TestHost;
  readonly #process: Inside;
  readonly #waiting = new Set<(seen: Seen) => void>();
  readonly #answers: ((line: string) => void)[] = [];
  readonly #keep: FramePredicate;
  #netns = 0;

  private constructor(host: TestHost, port: string, process: Inside, keep: FramePredicate) {
    this.#host = host;
    this.port = port;
    this.#process = process;
    this.#keep = keep;
    createInterface(process.stdout).on('line', (line) => {
      this.#line(line);
    });
  }

  static async open(host: TestHost, bridge: string, options: ObserverOptions = {}): Promise<Observer> {
    const port = `ob${++ports}`;
    const observer = new Observer(
      host,
      port,
      await host.spawn(host.programs.observer),
      options.keep ?? (() => true),
    );
    observer.#netns = Number((await observer.#answer('N')).split(' ')[1]);
    const near = `${port}p`;
    await host.run('ip', [
      'link',
      'add',
      port,
      'type',
      'veth',
      'peer',
      near,
      ...(options.mac ? ['address', options.mac] : []),
    ]);
    // One CPU takes in all that arrives here: with several, a later frame could overtake an earlier one.
    await host.run('sh', ['-c', `echo 1 >/sys/class/net/${near}/queues/rx-0/rps_cpus`]);
    await host.run('ip', ['link', 'set', near, 'netns', String(observer.#netns), 'name', 'eth0']);
    await host.run('ip', ['link', 'set', port, 'master', bridge, 'up']);
    if (!options.ip)
      await observer.run('sh', ['-c', 'echo 1 >/proc/sys/net/ipv6/conf/eth0/disable_ipv6 || true']);
    await observer.run('ip', ['link', 'set', 'lo', 'up']);
    await observer.run('ip', ['link', 'set', 'eth0', 'up']);
    if (options.ip) await observer.run('ip', ['addr', 'add', options.ip, 'dev', 'eth0']);
    await observer.#request('', 'U');
    return observer;
  }

  /** Runs a command in the observer's network namespace: `ip neigh`, `ping` … */
  run(command: string, args: string[] = [], options?: RunOptions): Promise<string> {
    // The helper knows the pid that the host's /proc shows, and only the network differs from the host's.
    return this.#host.run('nsenter', ['-t', String(this.#netns), '-n', command, ...args], options);
  }

  /** The MAC address of this end. */
  async mac(): Promise<string> {
    const [link] = JSON.parse(await this.run('ip', ['-j', 'link', 'show', 'eth0'])) as { address: string }[];
    return link?.address ?? '';
  }

  /** Sends a frame, given as bytes or hex; resolves when it is sent. */
  async send(frame: Uint8Array | string): Promise<void> {
    const answer = await this.#request(hexOf(frame), 'S', 'E');
    if (answer !== 'S') throw new Error(`not sent: ${answer.slice(2)}`);
  }

  count(predicate: FramePredicate): number {
    return this.frames.filter((seen) => predicate(seen.data)).length;
  }

  /** Forgets what was seen up to now. */
  clear(): void {
    this.frames.length = 0;
  }

  /** The first frame that matches, seen already or still to come. */
  waitFor(predicate: FramePredicate, timeoutMs = 10_000): Promise<Seen> {
    const seen = this.frames.find((one) => predicate(one.data));
    return seen ? Promise.resolve(seen) : this.next(predicate, timeoutMs);
  }

  /** The first frame from now on that matches. */
  next(predicate: FramePredicate, timeoutMs = 10_000): Promise<Seen> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(look);
        reject(new Error(`no such frame within ${timeoutMs} ms; ${this.frames.length} others seen`));
      }, timeoutMs);
      const look = (seen: Seen): void => {
        if (!predicate(seen.data)) return;
        clearTimeout(timer);
        this.#waiting.delete(look);
        resolve(seen);
      };
      this.#waiting.add(look);
    });
  }

  /** Takes the port off the bridge. */
  async close(): Promise<void> {
    this.#process.stdin.end();
    await this.#process.ended;
    // The kernel takes a network namespace down in the background; the port is to be gone when we say so.
    await this.#host.run('sh', ['-c', `ip link del ${this.port} 2>/dev/null || true`]);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #line(line: string): void {
    if (line.startsWith('F ')) {
      const [, time = '0', hex = ''] = line.split(' ');
      const seen = { data: Buffer.from(hex, 'hex'), time: BigInt(time) };
      if (!this.#keep(seen.data)) return;
      this.frames.push(seen);
      for (const look of [...this.#waiting]) look(seen);
    } else if (line.startsWith('D ')) this.dropped += Number(line.slice(2));
    else this.#answers.shift()?.(line);
  }

  #answer(...kinds: string[]): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#answers.push((line) => {
        if (kinds.includes(line.split(' ')[0] ?? '')) resolve(line);
        else reject(new Error(`observer said ${line}`));
      });
      this.#process.ended.then(() => {
        reject(new Error('the observer ended'));
      }, reject);
    });
  }

  #request(line: string, ...kinds: string[]): Promise<string> {
    const answer = this.#answer(...kinds);
    this.#process.stdin.write(`${line}\n`);
    return answer;
  }
}

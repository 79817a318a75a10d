import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';

export interface Datagram {
  text: string;
  /** Of the process that sent it. */
  pid: number;
}

/** Node.js has no unix datagram sockets: the other end is Python's. */
const script = `
import json, socket, struct, sys
name = sys.argv[1]
receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
receiver.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
receiver.bind('\\0' + name[1:] if name[0] == '@' else name)
print(flush=True)
while True:
    data, ancillary, _, _ = receiver.recvmsg(1 << 20, 64)
    pid, = struct.unpack('i', ancillary[0][2][:4])
    print(json.dumps({'text': data.decode(), 'pid': pid}), flush=True)
`;

/** A unix datagram socket, and what came in there. */
export class DatagramReceiver implements AsyncDisposable {
  readonly #process: ChildProcess;
  readonly #lines: Interface;
  readonly #waiting: Datagram[] = [];
  readonly #failed = new AbortController();

  private constructor(address: string) {
    this.#process = spawn('python3', ['-c', script, address], { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#process.on('exit', () => this.#failed.abort(new Error('the receiver has ended')));
    if (!this.#process.stdout) throw new Error('it has no output');
    this.#lines = createInterface(this.#process.stdout);
  }

  /** @param address a path, or '@' and an abstract name */
  static async bind(address: string): Promise<DatagramReceiver> {
    const receiver = new DatagramReceiver(address);
    await once(receiver.#lines, 'line', { signal: receiver.#failed.signal });
    receiver.#lines.on('line', (line) => {
      receiver.#waiting.push(JSON.parse(line) as Datagram);
      receiver.#lines.emit('datagram');
    });
    return receiver;
  }

  /** The next that came or comes in. @throws when the receiver ends before */
  async next(): Promise<Datagram> {
    for (;;) {
      const datagram = this.#waiting.shift();
      if (datagram) return datagram;
      await once(this.#lines, 'datagram', { signal: this.#failed.signal });
    }
  }

  /** The next with this line, passing over others. */
  async nextWith(line: string | RegExp): Promise<Datagram> {
    for (;;) {
      const datagram = await this.next();
      const fits = (one: string): boolean => (typeof line === 'string' ? one === line : line.test(one));
      if (datagram.text.split('\n').some(fits)) return datagram;
    }
  }

  /** Lets what comes lie in the socket's queue, until `resume`. */
  pause(): void {
    this.#process.kill('SIGSTOP');
  }

  resume(): void {
    this.#process.kill('SIGCONT');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { exitCode, signalCode } = this.#process;
    if (exitCode !== null || signalCode !== null) return;
    const gone = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await gone;
  }
}

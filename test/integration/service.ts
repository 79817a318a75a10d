import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Role } from '../../src/access/grant.js';
import type { ProblemBody } from '../../src/schemas/problem.js';
import type { NicInput } from '../../src/schemas/nic.js';
import type { TokenCreated } from '../../src/schemas/token.js';
import type { Vm, VmInput } from '../../src/schemas/vm.js';
import { guestImage, type Inside, type TestHost } from '../hosts/index.js';
import { EventStream } from './event-stream.js';
import { type Answer, call } from './http.js';

const entry = new URL('../../dist/cli/index.js', import.meta.url).pathname;

interface LogLine {
  msg: string;
  [key: string]: unknown;
}

export interface ServiceOptions {
  env?: NodeJS.ProcessEnv;
  /** What it has logged when it is ready for the test. */
  waitFor?: string;
  command?: string[];
  socket?: string;
  stateDir?: string;
}

/** The service as its users run it: the built program, inside a test host, on a socket in the host's directory. */
export class Service implements AsyncDisposable {
  readonly #process: Inside;
  readonly #lines: LogLine[] = [];
  readonly #log: NodeJS.EventEmitter;
  /** Where it listens. */
  readonly socket: string;
  /** Its pid, as seen from outside. */
  readonly pid: number;
  #token = '';

  private constructor(process: Inside, socket: string) {
    this.#process = process;
    this.pid = process.pid;
    this.socket = socket;
    this.#log = createInterface(process.stdout);
    this.#log.on('line', (line: string) => this.#lines.push(JSON.parse(line) as LogLine));
  }

  /** Starts the service; resolves when it has a connection to libvirt, or with `waitFor` when it has logged that. */
  static async start(
    host: TestHost,
    {
      env = {},
      waitFor = 'connected to libvirt',
      command = [process.execPath, entry, 'serve'],
      socket = join(host.dir, 'virtwarden.sock'),
      stateDir = join(host.dir, 'state'),
    }: ServiceOptions = {},
  ): Promise<Service> {
    const [program = '', ...args] = command;
    const { dir } = await guestImage();
    const service = new Service(
      await host.spawn(program, args, {
        env: {
          VIRTWARDEN_LISTEN: `unix:${socket}`,
          VIRTWARDEN_STATE_DIR: stateDir,
          VIRTWARDEN_IMAGE_DIRS: dir,
          // tests ask for more than a caller may, unless they are about that
          VIRTWARDEN_REQUESTS_PER_MINUTE: '600000',
          ...env,
        },
      }),
      socket,
    );
    await service.logged('API at');
    await service.logged(waitFor);
    // inside: what is mounted there is not seen from here
    service.#token = (await host.run('cat', [join(stateDir, 'admin.token')])).trim();
    return service;
  }

  /**
   * Resolves once the service has logged, since its start or `since`, a message that begins so.
   * @throws Error with what it logged last, when it ends, or does not say it in a minute
   */
  async logged(message: string, since = 0): Promise<LogLine> {
    const signal = AbortSignal.timeout(60_000);
    const failure = (why: string): Error =>
      new Error(
        [`${why} without "${message}"`, ...this.#lines.slice(-20).map((line) => JSON.stringify(line))].join(
          '\n',
        ),
      );
    for (;;) {
      const line = this.#lines.slice(since).find(({ msg }) => msg.startsWith(message));
      if (line) return line;
      await Promise.race([
        once(this.#log, 'line', { signal }).catch(() => Promise.reject(failure('a minute went by'))),
        this.#process.ended.then(() => Promise.reject(failure('it ended'))),
      ]);
    }
  }

  /** How many lines were logged so far: a place to wait from. */
  get logLength(): number {
    return this.#lines.length;
  }

  request<T = ProblemBody>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer<T>> {
    return call<T>(this.socket, method, path, { body, token: this.#token, headers });
  }

  /** What it logged of a request, by the id that its problem shows. */
  logOf(requestId: string): LogLine[] {
    return this.#lines.filter(({ reqId }) => reqId === requestId);
  }

  /** Makes a token for somebody else. */
  async tokenFor(role: Role, { trust = false }: { trust?: boolean } = {}): Promise<string> {
    const name = `${role}-${randomUUID()}`;
    return (await this.request<TokenCreated>('POST', '/v1/tokens', { name, role, trust })).body.token;
  }

  /** The same by somebody else, for whom a token is made. */
  async as(
    role: Role,
    options?: { trust?: boolean },
  ): Promise<<T = ProblemBody>(method: string, path: string, body?: unknown) => Promise<Answer<T>>> {
    const token = await this.tokenFor(role, options);
    return <T>(method: string, path: string, body?: unknown) =>
      call<T>(this.socket, method, path, { body, token });
  }

  /** Begins to read the events, from now on or from one on. */
  events({ after, query }: { after?: string; query?: string } = {}): Promise<EventStream> {
    const authorization = `Bearer ${this.#token}`;
    const headers = { authorization, ...(after !== undefined && { 'last-event-id': after }) };
    return EventStream.open(this.socket, headers, query);
  }

  /** Creates a VM that boots the test hosts' guest, and gives the answer. */
  async create<T = Vm>(name: string, nics: NicInput[], more: Partial<VmInput> = {}): Promise<Answer<T>> {
    const { kernel, initrd, cmdline } = await guestImage();
    return this.request<T>('POST', '/v1/vms', {
      name,
      memoryMiB: 96,
      start: true,
      boot: { kernel, initrd, cmdline },
      nics,
      ...more,
    });
  }

  /** Ends the service with a signal and gives its exit. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): ReturnType<() => Inside['ended']> {
    this.#process.kill(signal);
    return this.#process.ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop('SIGKILL').catch(() => undefined); // it may have ended by itself
  }
}

/** A NIC on the test hosts' bridge. */
export const onBridge = (mac?: string): NicInput => ({
  source: { type: 'bridge', bridge: 'br0' },
  ...(mac !== undefined && { mac }),
});

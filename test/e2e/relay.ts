import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** An address on loopback that leads to a unix socket, which no browser can name; it can be cut off, and joined again. */
export class Relay implements AsyncDisposable {
  readonly #socket: string;
  readonly #connections = new Set<Socket>();
  #server: Server | undefined;
  #port = 0;

  private constructor(socket: string) {
    this.#socket = socket;
  }

  static async to(socket: string): Promise<Relay> {
    const relay = new Relay(socket);
    await relay.join();
    return relay;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Listens, on the same port as before. */
  async join(): Promise<void> {
    const server = createServer((incoming) => {
      const outgoing = connect(this.#socket);
      for (const [one, other] of [
        [incoming, outgoing],
        [outgoing, incoming],
      ] as const) {
        this.#connections.add(one);
        one.on('error', () => undefined); // its end is told by "close"
        one.on('close', () => {
          this.#connections.delete(one);
          other.destroy();
        });
        one.pipe(other);
      }
    });
    await new Promise<void>((resolve) => server.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  /** Ends all connections, and takes no more. */
  async cut(): Promise<void> {
    const closed = new Promise<unknown>((resolve) => this.#server?.close(resolve));
    for (const one of this.#connections) one.destroy();
    await closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.cut();
  }
}

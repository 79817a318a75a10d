import { connect, createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { TestHost } from '../hosts/index.js';

/** A way to a host's libvirtd that is as slow, or as refusing, as a test wants it. */
export class LibvirtProxy implements Disposable {
  /** How long each piece that libvirtd says is held back, ms. */
  delayMs = 0;
  /** Whether who comes anew is sent away. */
  refuses = false;
  readonly #server: Server;
  readonly #path: string;
  readonly #clients = new Set<Socket>();

  private constructor(host: TestHost) {
    this.#path = join(host.dir, 'slow.sock');
    this.#server = createServer((client) => this.#serve(client, connect(join(host.dir, 'run/libvirt-sock'))));
  }

  static async start(host: TestHost): Promise<LibvirtProxy> {
    const proxy = new LibvirtProxy(host);
    proxy.#server.listen(proxy.#path);
    await once(proxy.#server, 'listening');
    return proxy;
  }

  /** For VIRTWARDEN_URI. */
  get uri(): string {
    return `qemu+unix:///system?socket=${this.#path}`;
  }

  /** Cuts those who are connected. */
  cut(): void {
    for (const client of this.#clients) client.destroy();
  }

  #serve(client: Socket, daemon: Socket): void {
    if (this.refuses) {
      client.destroy();
      daemon.destroy();
      return;
    }
    this.#clients.add(client);
    for (const [one, other] of [
      [client, daemon],
      [daemon, client],
    ] as const) {
      one.on('error', () => other.destroy()).on('close', () => other.destroy());
    }
    client.on('close', () => this.#clients.delete(client)).pipe(daemon);
    void this.#answer(client, daemon);
  }

  async #answer(client: Socket, daemon: Socket): Promise<void> {
    try {
      for await (const piece of daemon) {
        if (this.delayMs > 0) await setTimeout(this.delayMs);
        client.write(piece as Buffer);
      }
    } catch {
      // cut off
    }
    client.destroy();
  }

  [Symbol.dispose](): void {
    this.#server.close();
    this.cut();
  }
}

import { sendUnixDatagram } from 'node-linux';

/** How long what did not fit into the socket waits until it is sent again, ms. */
const retryMs = 100;

type State = 'READY' | 'STATUS' | 'STOPPING' | 'WATCHDOG';

/**
 * Tells systemd what it is to know of the service, as sd_notify(3) has it. What cannot be sent at once is sent later, the newest value of each.
 * @see https://www.freedesktop.org/software/systemd/man/latest/sd_notify.html
 */
export class Notifier {
  readonly #send: (message: Uint8Array) => void;
  readonly #onFailure: (error: unknown) => void;
  readonly #pending = new Map<State, string>();
  #retry: NodeJS.Timeout | undefined;
  #hasFailed = false;

  /**
   * @param address of systemd's socket
   * @param onFailure told once, of the first message that can be sent neither now nor later
   * @param send the binding's own unless told
   */
  constructor(address: string, onFailure: (error: unknown) => void, send = sendUnixDatagram) {
    this.#send = (message) => send(address, message);
    this.#onFailure = onFailure;
  }

  notify(state: Partial<Record<State, string>>): void {
    for (const [name, value] of Object.entries(state)) this.#pending.set(name as State, oneLine(value));
    this.#flush();
  }

  #flush(): void {
    clearTimeout(this.#retry);
    const lines = [...this.#pending].map(([name, value]) => `${name}=${value}`);
    try {
      this.#send(new TextEncoder().encode(lines.join('\n')));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EAGAIN' || code === 'ENOBUFS') {
        this.#retry = setTimeout(() => this.#flush(), retryMs).unref();
        return;
      }
      if (!this.#hasFailed) this.#onFailure(error);
      this.#hasFailed = true;
    }
    this.#pending.clear();
  }
}

/** A line more would be a word of the protocol. */
const oneLine = (value: string): string => value.replaceAll(/\p{Cc}+/gu, ' ').trim();

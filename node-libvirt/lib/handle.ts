import { native } from './native.js';

/** What all objects of a connection have in common. */
export abstract class Handle<N extends { isClosed(): boolean; close(): void }> implements AsyncDisposable {
  /** @internal */
  readonly [native]: N;
  /** Keeps the connection from being collected, and so closed, while its objects are in use. */
  readonly #connection: object;

  /** @internal */
  constructor(object: N, connection: object) {
    this[native] = object;
    this.#connection = connection;
  }

  /** Whether this handle or its connection was closed. Calls then reject with a ClosedError. */
  get closed(): boolean {
    return this[native].isClosed();
  }

  /**
   * Lets go of the handle; the object itself stays as it is in libvirt. Calls in flight still finish.
   * May be called again. A forgotten handle is let go when it is collected, or when the connection closes.
   */
  close(): Promise<void> {
    this[native].close();
    return Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** @internal */
  protected get connection(): object {
    return this.#connection;
  }
}

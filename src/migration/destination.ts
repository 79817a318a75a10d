import { Connection, type Domain } from 'node-libvirt';
import { Problem } from '../errors.js';
import { findVm } from '../vms/find.js';
import { Peer } from './peer.js';

/** How long it may take to reach libvirt on the destination, ms. */
const openMs = 15_000;
/** A destination that does not answer for this long is given up: 3 × 5 s. */
const keepAlive = { interval: 5, count: 3 };

export interface DestinationAddress {
  destinationUri: string;
  destinationUrl?: string;
  destinationToken?: string;
}

const unreachable = (uri: string, error: unknown): Problem =>
  new Problem(
    'destination-unreachable',
    `libvirt at ${uri} is not to be had: ${error instanceof Error ? error.message : String(error)}.`,
    { cause: error },
  );

/** Opens a connection; one that is late is thrown away. */
async function open(uri: string): Promise<Connection> {
  const opening = Connection.open(uri, { keepAlive });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`it did not answer within ${openMs / 1000} s`)), openMs);
  });
  try {
    return await Promise.race([opening, late]);
  } catch (error) {
    opening.then((connection) => connection.close()).catch(() => undefined);
    throw unreachable(uri, error);
  } finally {
    clearTimeout(timer);
  }
}

/** The host that a VM goes to: its libvirt, and its virtwarden where that was named. */
export class Destination implements AsyncDisposable {
  readonly uri: string;
  readonly connection: Connection;
  readonly peer: Peer | undefined;

  private constructor(uri: string, connection: Connection, peer: Peer | undefined) {
    this.uri = uri;
    this.connection = connection;
    this.peer = peer;
  }

  /** @throws Problem destination-unreachable */
  static async open({
    destinationUri,
    destinationUrl,
    destinationToken,
  }: DestinationAddress): Promise<Destination> {
    const connection = await open(destinationUri);
    const peer = destinationUrl === undefined ? undefined : new Peer(destinationUrl, destinationToken);
    return new Destination(destinationUri, connection, peer);
  }

  /** The same, of whose virtwarden nothing is waited for after the signal; closed with this one. */
  within(until: AbortSignal): Destination {
    return new Destination(this.uri, this.connection, this.peer?.within(until));
  }

  /** Does something on the destination. @throws Problem destination-unreachable for whatever goes wrong with its connection */
  async on<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    try {
      return await work(this.connection);
    } catch (error) {
      if (error instanceof Problem || (await this.isAlive())) throw error;
      throw unreachable(this.uri, error);
    }
  }

  /** The VM there; undefined when there is none. @throws Problem destination-unreachable; LibvirtError */
  find(uuid: string): Promise<Domain | undefined> {
    return this.on((connection) => findVm(connection, uuid));
  }

  async isAlive(): Promise<boolean> {
    return this.connection.isAlive().catch(() => false);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.connection.close();
  }
}

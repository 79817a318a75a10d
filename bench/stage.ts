import { startHost, type TestHost } from '../test/hosts/index.js';
import { type Place, putServers, serverCores } from './cpus.js';
import { definedVm, domainXml } from './domain.js';
import { checkVms, type ListedVm } from './peers/check.js';
import { type Peer, request } from './peers/peer.js';
import { startDbus, startFastapi, startVirsh } from './peers/python.js';
import { startService } from './peers/service.js';
import { nativePrograms, type Program } from './programs.js';

const start = {
  service: startService,
  fastapi: startFastapi,
  dbus: startDbus,
  virsh: startVirsh,
};
export type PeerName = keyof typeof start;

/** The list of all VMs: the peers of the service have no limit to raise. */
export const listPath = '/v1/vms?limit=1000';
/** The VM that rows about one VM are about. */
export const firstVm = definedVm(0);

/** Documents as the programs read them. */
export const documents = (texts: readonly string[]): string => texts.map((text) => `${text}\0`).join('');

/** A host of its own with so many VMs that are only defined, and those who are asked about them. */
export class Stage implements AsyncDisposable {
  readonly host: TestHost;
  readonly size: number;
  #peers: ReadonlyMap<PeerName, Peer> = new Map();

  private constructor(host: TestHost, size: number) {
    this.host = host;
    this.size = size;
  }

  static async start(size: number, peers: readonly PeerName[]): Promise<Stage> {
    const host = await startHost({ name: `bench-${size}` });
    const stage = new Stage(host, size);
    try {
      const xml = Array.from({ length: size }, (_, i) => domainXml(i));
      await stage.raw('raw-change', ['define-vms'], { input: documents(xml) });
      const open = async (name: PeerName) => [name, await stage.#open(name)] as const;
      stage.#peers = new Map(await Promise.all(peers.map(open)));
      return stage;
    } catch (error) {
      await host.stop();
      throw error;
    }
  }

  /** Starts one, and makes sure that it tells what is there. */
  async #open(name: PeerName): Promise<Peer> {
    const peer = await start[name](this.host);
    const { body } = await request<{ items: ListedVm[] }>(peer, 'GET', listPath);
    checkVms(peer.name, body.items, this.size);
    return peer;
  }

  get peers(): Peer[] {
    return [...this.#peers.values()];
  }

  peer(name: PeerName): Peer {
    const peer = this.#peers.get(name);
    if (!peer) throw new Error(`${name} was not started`);
    return peer;
  }

  /** Runs a program over the C API; gives what it prints. */
  async raw(
    program: Program,
    args: readonly string[],
    { place = 'free', input }: { place?: Place; input?: string } = {},
  ): Promise<string> {
    const path = (await nativePrograms())[program];
    const command = ['-c', serverCores(place), path, ...args];
    return this.host.run('taskset', command, { timeoutMs: 600_000, ...(input !== undefined && { input }) });
  }

  /** Puts libvirtd and all servers where they belong. */
  async put(place: Place): Promise<void> {
    const { pid } = this.host.libvirtd;
    const servers = this.peers.flatMap(({ processes }) => processes.map((process) => process.pid));
    await putServers(place, pid === undefined ? servers : [pid, ...servers]);
  }

  /** Changes a VM's description every few ms while something is done, over a connection of its own. */
  async whileChanging<T>(work: () => Promise<T>): Promise<T> {
    const everyMs = 3;
    const program = (await nativePrograms())['raw-change'];
    const changer = await this.host.spawn(program, ['describe', String(everyMs), firstVm.name]);
    changer.stdout.resume();
    const result = await work().finally(() => changer.stdin.end());
    const { code, signal } = await changer.ended;
    if (code !== 0) throw new Error(`the program that changes a VM ended with ${signal ?? code}`);
    return result;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.host.stop();
  }
}

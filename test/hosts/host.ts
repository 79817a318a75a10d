import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunOptions } from './command.js';
import { writeConfig } from './config.js';
import { bindings, type Leftovers, leftovers, rulesText, taps } from './kernel-rules.js';
import { Libvirtd } from './libvirtd.js';
import { type Inside, Namespaces, type SpawnOptions } from './namespaces.js';
import { nativePrograms, type Programs } from './native.js';
import { Observer, type ObserverOptions } from './observer.js';
import { capabilitiesCache, keepCapabilities } from './probe-cache.js';
import { defineVm, type VmSpec } from './vm.js';

export interface HostOptions {
  /** The host name inside. */
  name?: string;
  /** Bridges to begin with; ['br0'] unless told. */
  bridges?: string[];
  /** Whether libvirt has its stock network filters; true unless told. */
  baseFilters?: boolean;
  /** Further lines of qemu.conf and libvirtd.conf. */
  qemuConf?: string[];
  libvirtdConf?: string[];
}

/** A host of its own: libvirtd, bridges, rules, processes and VMs that nobody else sees, gone with this process. */
export class TestHost implements AsyncDisposable {
  readonly name: string;
  /** A directory with the same path inside and outside. */
  readonly dir: string;
  /** libvirt's URI for clients outside; inside it is qemu:///system. */
  readonly uri: string;
  readonly libvirtd: Libvirtd;
  readonly programs: Programs;
  readonly #ns: Namespaces;
  readonly #bridges: string[] = [];

  private constructor(name: string, dir: string, ns: Namespaces, programs: Programs) {
    this.name = name;
    this.dir = dir;
    this.uri = `qemu+unix:///system?socket=${dir}/run/libvirt-sock`;
    this.#ns = ns;
    this.programs = programs;
    this.libvirtd = new Libvirtd(ns, programs, dir);
  }

  static async start(options: HostOptions = {}): Promise<TestHost> {
    const name = options.name ?? 'testhost';
    const programs = await nativePrograms();
    const dir = await mkdtemp(join(tmpdir(), 'vw-host-'));
    let host: TestHost | undefined;
    try {
      for (const sub of ['run', 'log', 'etc']) await mkdir(join(dir, sub));
      await writeConfig(join(dir, 'etc'), {
        baseFilters: options.baseFilters ?? true,
        qemuConf: options.qemuConf ?? [],
        libvirtdConf: options.libvirtdConf ?? [],
      });
      const capabilities = await capabilitiesCache();
      const setup = ['sh', join(import.meta.dirname, 'setup.sh'), dir, capabilities];
      host = new TestHost(name, dir, await Namespaces.start(programs, dir, name, setup), programs);
      for (const bridge of options.bridges ?? ['br0']) await host.addBridge(bridge);
      await host.run('virtlogd', ['-d']);
      await host.libvirtd.start();
      await keepCapabilities(host, capabilities);
      return host;
    } catch (error) {
      await host?.stop();
      await rm(dir, { recursive: true, force: true });
      throw error;
    }
  }

  /** PID 1 of the host, as seen from outside. */
  get pid(): number {
    return this.#ns.pid;
  }

  get bridges(): readonly string[] {
    return this.#bridges;
  }

  /** Runs a command inside and gives its output; rejects with a CommandError unless it ended with 0. */
  run(command: string, args: string[] = [], options?: RunOptions): Promise<string> {
    return this.#ns.run(command, args, options);
  }

  /** Starts a process inside that goes on. */
  spawn(command: string, args: string[] = [], options?: SpawnOptions): Promise<Inside> {
    return this.#ns.spawn(command, args, options);
  }

  virsh(...args: string[]): Promise<string> {
    return this.run('virsh', ['-q', '-c', 'qemu:///system', ...args]);
  }

  /** virsh with an XML document, whose file takes the place of '@' in the arguments. */
  async virshXml(xml: string, ...args: string[]): Promise<string> {
    const file = join(this.dir, `${randomUUID()}.xml`);
    await writeFile(file, xml);
    try {
      return await this.virsh(...args.map((arg) => (arg === '@' ? file : arg)));
    } finally {
      await rm(file, { force: true });
    }
  }

  /** A bridge that forwards at once and says nothing by itself. */
  async addBridge(name: string): Promise<void> {
    const options = ['forward_delay', '0', 'mcast_snooping', '0'];
    await this.run('ip', ['link', 'add', name, 'type', 'bridge', ...options]);
    await this.run('ip', ['link', 'set', name, 'up']);
    this.#bridges.push(name);
  }

  /** A further port of a bridge that sees, and can send, every frame; with an address, an honest Linux host. */
  observer(bridge = 'br0', options?: ObserverOptions): Promise<Observer> {
    return Observer.open(this, bridge, options);
  }

  /** Defines a VM with virsh, without any service: for controls. */
  defineGuest(spec: VmSpec): Promise<string> {
    return defineVm(this, spec);
  }

  /** The bridge rules that the kernel has, as text: ebtables' nat table, and nft's view of the whole. */
  kernelRules(): Promise<string> {
    return rulesText(this);
  }

  /** Ports that have an nwfilter binding. */
  bindings(): Promise<string[]> {
    return bindings(this);
  }

  /** Tap devices: one for each running NIC. */
  taps(): Promise<string[]> {
    return taps(this);
  }

  /** All that VMs leave in the kernel and in libvirt: empty lists after the last is gone. */
  leftovers(): Promise<Leftovers> {
    return leftovers(this);
  }

  /** Ends the host and everything in it; resolves when nothing is left. May be called twice. */
  stop(): Promise<void> {
    return this.#ns.stop();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}

/** Starts a host; see TestHost. */
export function startHost(options?: HostOptions): Promise<TestHost> {
  return TestHost.start(options);
}

import type { Connection, DomainEventMap } from 'node-libvirt';
import { isConnectionLoss } from '../errors.js';
import { withDeadline } from '../libvirt/session.js';
import type { EventData } from '../schemas/event-data.js';
import type { EventBus } from './bus.js';
import { lifecycleOf, type VmEventType } from './lifecycle.js';
import { PluggedNics } from './plugged-nics.js';

interface SourceLog {
  warn(details: object, message: string): void;
}

type NicEventType = 'nic.plugged' | 'nic.unplugged' | 'nic.unplug-refused';

/** How long libvirt may take to say what a NIC is, ms: all other events wait for that. */
const readMs = 5000;
/** While more than so many wait, nothing is looked up. */
const mostWaiting = 100;

/** libvirt's own names of NICs; one that a person has named is known by the XML alone. */
const isNicAlias = (alias: string): boolean => /^net\d+$/.test(alias);

/** Publishes what libvirt tells over one connection, in the order in which it tells it. */
export class LibvirtSource {
  readonly #connection: Connection;
  readonly #bus: EventBus;
  readonly #log: SourceLog;
  readonly #nics: PluggedNics;
  /** The devices that came or went, of which nothing was published yet. */
  readonly #devices: string[] = [];
  #waiting = 0;
  #turn: Promise<void> = Promise.resolve();

  constructor(connection: Connection, bus: EventBus, log: SourceLog) {
    this.#connection = connection;
    this.#bus = bus;
    this.#log = log;
    this.#nics = new PluggedNics(connection);
  }

  /** Begins; it ends with the connection. @throws LibvirtError */
  async start(): Promise<void> {
    const on: Connection['domainEventRegister'] = (kind, listener) =>
      this.#connection.domainEventRegister(kind, listener);
    this.#connection.onEventsLost((count) => {
      this.#inTurn(() => this.#bus.publish('events.lost', { reason: 'libvirt', count }));
    });
    await on('lifecycle', (event) => this.#inTurn(() => this.#lifecycle(event)));
    await on('reboot', ({ domain: { uuid, name } }) => {
      this.#inTurn(() => this.#bus.publish('vm.rebooted', { vm: uuid, name }));
    });
    await on('deviceAdded', (event) => this.#device('nic.plugged', event));
    await on('deviceRemoved', (event) => this.#device('nic.unplugged', event));
    await on('deviceRemovalFailed', (event) => this.#device('nic.unplug-refused', event));
    this.#inTurn(() => this.#look(this.#nics.readAll()));
  }

  /** One after the other, for some have to look something up. */
  #inTurn(work: () => void | Promise<void>): void {
    this.#waiting += 1;
    this.#turn = this.#turn.then(work).finally(() => (this.#waiting -= 1));
  }

  async #lifecycle({ domain, event, detail }: DomainEventMap['lifecycle']): Promise<void> {
    const known = lifecycleOf(event, detail);
    if (!known) return;
    const { uuid: vm, name } = domain;
    this.#bus.publish(known.type, { vm, name, reason: known.reason } as EventData<VmEventType>);
    if (known.type === 'vm.stopped') this.#nics.forget(vm);
    if (known.type === 'vm.started' && this.#waiting <= mostWaiting) await this.#look(this.#nics.read(vm));
  }

  #device(type: NicEventType, { domain, alias }: DomainEventMap['deviceAdded']): void {
    const { uuid: vm, name } = domain;
    const device = `${vm} ${alias}`;
    this.#devices.push(device);
    this.#inTurn(async () => {
      this.#devices.splice(this.#devices.indexOf(device), 1);
      if (type === 'nic.plugged') await this.#learn(vm, alias);
      const nic = this.#nics.macOf(vm, alias);
      if (nic !== undefined || isNicAlias(alias))
        this.#bus.publish(type, { vm, name, alias, ...(nic !== undefined && { nic }) });
      if (type === 'nic.unplugged') this.#nics.forgetOne(vm, alias);
    });
  }

  async #learn(vm: string, alias: string): Promise<void> {
    this.#nics.forgetOne(vm, alias);
    if (this.#waiting > mostWaiting) return;
    await this.#look(this.#nics.read(vm, alias));
    // it went meanwhile, and what was seen may be another one that has its alias now
    if (this.#devices.includes(`${vm} ${alias}`)) this.#nics.forgetOne(vm, alias);
  }

  /** Without an answer the event is told all the same, with less in it. */
  async #look(reading: Promise<void>): Promise<void> {
    try {
      await withDeadline(readMs, 'Looking at the NICs', reading);
    } catch (error) {
      if (isConnectionLoss(error)) return;
      this.#log.warn({ err: error }, 'the NICs of a VM could not be looked at: events name them by alias');
    }
  }
}

import { Counter, Gauge, type Registry } from 'prom-client';
import type { HostVerdicts } from '../enforcement/read.js';
import { enforcementStatuses } from '../schemas/enforcement.js';
import { type HostLack, lackCodes } from '../schemas/host.js';

/** What is told of the host, as it was found for one answer. */
export interface HostFigures {
  ready: boolean;
  connected: boolean;
  /** Whether changes that were cut off are still to be undone. */
  unsettled: boolean;
  /** undefined: libvirt could not be asked, or did not answer in time. */
  verdicts: HostVerdicts | undefined;
  lacks: readonly HostLack[];
}

/** The host at the moment of asking. */
export class HostMetrics {
  readonly #ready: Gauge;
  readonly #connected: Gauge;
  readonly #readable: Gauge;
  readonly #unsettled: Gauge;
  readonly #lacks: Gauge;
  readonly #vms: Gauge;
  readonly #nics: Gauge;
  readonly #dropped: Counter;

  constructor(registry: Registry) {
    const gauge = (name: string, help: string, labelNames: string[] = []): Gauge =>
      new Gauge({ name: `virtwarden_${name}`, help, labelNames, registers: [registry] });
    this.#ready = gauge('ready', 'Whether VMs can be made and started, as /readyz has it');
    this.#connected = gauge('libvirt_connected', 'Whether the service has a connection to libvirt');
    this.#readable = gauge(
      'verdicts_readable',
      'Whether libvirt could be asked for the NICs for this answer',
    );
    this.#unsettled = gauge('changes_unsettled', 'Whether changes that were cut off are still to be undone');
    this.#lacks = gauge('host_lacks', 'Whether the service is without a right', ['code']);
    this.#vms = gauge('vms', 'VMs by whether they run', ['state']);
    this.#nics = gauge('nics', 'NICs by verdict', ['status']);
    this.#dropped = new Counter({
      name: 'virtwarden_dropped_frames_total',
      help: 'Frames of guests that were dropped, by what they lied about; begins again with the tap of a NIC',
      labelNames: ['vm', 'vm_name', 'nic', 'port', 'class'],
      registers: [registry],
    });
  }

  set({ ready, connected, unsettled, verdicts, lacks }: HostFigures): void {
    this.#ready.set(Number(ready));
    this.#connected.set(Number(connected));
    this.#readable.set(Number(verdicts !== undefined));
    this.#unsettled.set(Number(unsettled));
    for (const code of lackCodes) this.#lacks.set({ code }, Number(lacks.some((lack) => lack.code === code)));
    for (const metric of [this.#vms, this.#nics, this.#dropped]) metric.reset();
    if (verdicts) this.#setVerdicts(verdicts);
  }

  #setVerdicts({ vms, nics }: HostVerdicts): void {
    const active = vms.filter((vm) => vm.active).length;
    this.#vms.set({ state: 'active' }, active);
    this.#vms.set({ state: 'inactive' }, vms.length - active);
    for (const status of enforcementStatuses)
      this.#nics.set({ status }, nics.filter((nic) => nic.status === status).length);
    for (const { vm, vmName, nic, port = '', drops } of nics) {
      for (const [kind, frames] of Object.entries(drops).filter(([name]) => name !== 'total'))
        this.#dropped.inc({ vm, vm_name: vmName, nic, port, class: kind }, frames);
    }
  }
}

import type { LibvirtSession } from '../libvirt/session.js';
import type { SystemdEnvironment } from './environment.js';
import { Notifier } from './notifier.js';

export interface ManagedService {
  /** Where it listens. */
  at: string;
  /** libvirt's. */
  uri: string;
  libvirt: Pick<LibvirtSession, 'connected' | 'failure' | 'on'>;
}

export interface ServiceManagerLog {
  warn(details: object, message: string): void;
}

function statusOf({ at, uri, libvirt }: ManagedService): string {
  if (libvirt.connected) return `serving on ${at}; connected to ${uri}`;
  const why = libvirt.failure === undefined ? '' : `: ${libvirt.failure}`;
  return `serving on ${at}; waiting for libvirt${why}`;
}

/**
 * systemd, when it has started this process and wants to know how it is; otherwise nobody is told.
 *
 * Its watchdog is shown that the event loop turns: when it does not, a new start mends it. libvirt that is away is none of the
 * watchdog's business: the service waits for it, and a new one could do no more.
 */
export class ServiceManager {
  readonly #notifier: Notifier | undefined;
  readonly #watchdogMs: number | undefined;
  #isEnding = false;

  constructor({ notifySocket, watchdogMs }: SystemdEnvironment, log: ServiceManagerLog) {
    this.#watchdogMs = watchdogMs;
    if (notifySocket !== undefined)
      this.#notifier = new Notifier(notifySocket, (err) => log.warn({ err }, 'systemd cannot be told'));
  }

  /** Says that the service listens, and from now on how it gets on with libvirt and that it is alive. */
  ready(service: ManagedService): void {
    const notifier = this.#notifier;
    if (!notifier) return;
    notifier.notify({ READY: '1', STATUS: statusOf(service) });
    const follow = (): void => {
      if (!this.#isEnding) notifier.notify({ STATUS: statusOf(service) });
    };
    for (const event of ['connected', 'disconnected', 'failed'] as const) service.libvirt.on(event, follow);
    if (this.#watchdogMs === undefined) return;
    setInterval(() => notifier.notify({ WATCHDOG: '1' }), this.#watchdogMs / 2).unref();
  }

  /** Says that the service ends, on purpose. */
  stopping(): void {
    this.#isEnding = true;
    this.#notifier?.notify({
      STOPPING: '1',
      STATUS: 'ending: requests and operations under way may come to their end',
    });
  }
}

import { call, ClosedError } from './errors.js';
import type { NativeConnection, NativeDomain, Params } from './native.js';

/** The domain of an event, as it was then. */
export interface DomainRefData {
  uuid: string;
  name: string;
  /** -1 when it does not run. */
  id: number;
}

interface OfDomain {
  domain: DomainRefData;
}

interface OfDevice extends OfDomain {
  alias: string;
}

/** Kinds of domain events, and what each one tells. */
export interface DomainEventMap {
  /** `event` is a virDomainEventType, and `detail` of an enum that depends on it. */
  lifecycle: OfDomain & { event: number; detail: number };
  reboot: OfDomain;
  deviceAdded: OfDevice;
  deviceRemoved: OfDevice;
  deviceRemovalFailed: OfDevice;
  /** `params` by VIR_DOMAIN_JOB_*. */
  jobCompleted: OfDomain & { params: Params };
  migrationIteration: OfDomain & { iteration: number };
  /** `type` is a virDomainMetadataType; `uri` the namespace of a metadata element. */
  metadataChange: OfDomain & { type: number; uri: string | null };
  /** virConnectDomainEventAgentLifecycleState and ...Reason. */
  agentLifecycle: OfDomain & { state: number; reason: number };
}

export interface Subscription extends AsyncDisposable {
  /**
   * Nothing is delivered once this was called; resolves when libvirt has confirmed. May be called again.
   * @throws LibvirtError when the connection is lost
   */
  close(): Promise<void>;
}

/** @internal */
export async function subscribe<K extends keyof DomainEventMap>(
  connection: NativeConnection,
  kind: K,
  listener: (event: DomainEventMap[K]) => void,
  domain: NativeDomain | null,
): Promise<Subscription> {
  const id = await call(() => connection.domainEventRegister(kind, listener, domain));
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= call(() => connection.domainEventDeregister(id)).catch((error: unknown) => {
      // The connection's close has ended it.
      if (!(error instanceof ClosedError)) throw error;
    });
    return closing;
  };
  return { close, [Symbol.asyncDispose]: close };
}

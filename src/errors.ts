import { LibvirtError, ClosedError } from 'node-libvirt';
import * as libvirt from 'node-libvirt';

/** Every problem that the service can answer (RFC 9457): its type is `/problems/` and the key here. */
export const problemTypes = {
  'invalid-request': { status: 400, title: 'The request is not valid' },
  unauthorized: { status: 401, title: 'A valid token is needed' },
  forbidden: { status: 403, title: 'The role does not allow this' },
  'cross-site': { status: 403, title: 'Another site may not use the API' },
  'trust-required': { status: 403, title: 'It takes the permission to trust a network interface' },
  'route-not-found': { status: 404, title: 'No such route' },
  'vm-not-found': { status: 404, title: 'No such virtual machine' },
  'disk-not-found': { status: 404, title: 'No such disk' },
  'nic-not-found': { status: 404, title: 'No such network interface' },
  'operation-not-found': { status: 404, title: 'No such operation' },
  'nwfilter-unknown': { status: 404, title: 'No such network filter' },
  'nwfilter-binding-not-found': { status: 404, title: 'No such network filter binding' },
  'token-not-found': { status: 404, title: 'No such token' },
  'vm-name-taken': { status: 409, title: 'A virtual machine of this name exists' },
  'vm-state-conflict': { status: 409, title: 'The state of the virtual machine does not allow this' },
  'mac-in-use': { status: 409, title: 'The MAC address is in use' },
  'volume-in-use': { status: 409, title: 'Another virtual machine uses the volume' },
  'nwfilter-name-taken': { status: 409, title: 'A network filter of this name or UUID exists' },
  'nwfilter-in-use': { status: 409, title: 'The network filter is in use' },
  'nwfilter-managed': { status: 409, title: 'The network filter belongs to the service' },
  'nwfilter-breaks-nics': { status: 409, title: 'Running network interfaces lack what the filter needs' },
  'token-name-taken': { status: 409, title: 'A token of this name exists' },
  'last-admin-token': { status: 409, title: 'No other token of an admin is left' },
  'vm-migrating': { status: 409, title: 'The virtual machine is being moved to another host' },
  'nwfilter-differs': { status: 409, title: 'The other host has a different network filter of this name' },
  'operation-not-cancellable': { status: 409, title: 'The operation cannot be cancelled' },
  'request-timeout': { status: 408, title: 'The request did not come in time' },
  'etag-stale': { status: 412, title: 'The resource was changed meanwhile' },
  'body-too-large': { status: 413, title: 'The request body is too large' },
  'unsupported-media-type': { status: 415, title: 'The media type is not supported' },
  'host-not-known': { status: 421, title: 'The name is not one of this service' },
  'idempotency-key-reused': { status: 422, title: 'The idempotency key was used for another request' },
  'nwfilter-not-found': { status: 422, title: 'No such network filter' },
  'nwfilter-loop': { status: 422, title: 'The network filter refers to itself' },
  'path-not-allowed': { status: 422, title: 'The path may not be used' },
  'source-not-found': { status: 422, title: 'The host has no such bridge or network' },
  'nic-unfilterable': { status: 422, title: 'A network interface of this kind cannot be filtered' },
  'volume-not-found': { status: 422, title: 'No such storage pool or volume' },
  'volume-refused': { status: 422, title: 'The volume may not be used so' },
  'pool-unsuitable': { status: 422, title: 'The storage pool cannot be used so' },
  'disk-not-resizable': { status: 422, title: 'The disk cannot be resized' },
  'firmware-unavailable': { status: 422, title: 'The host has no such firmware' },
  'cloud-init-unavailable': { status: 422, title: 'The host cannot make a cloud-init seed' },
  'destination-unsuitable': { status: 422, title: 'The other host cannot take the virtual machine' },
  'filter-not-enforced': { status: 422, title: 'The network filter is not in force' },
  'libvirt-refused': { status: 422, title: 'libvirt could not do this' },
  'too-many-readers': { status: 429, title: 'The events have too many readers' },
  'too-many-requests': { status: 429, title: 'Too many requests' },
  'headers-too-large': { status: 431, title: 'The headers are too large' },
  'internal-error': { status: 500, title: 'Unexpected fault' },
  'libvirt-unsupported': { status: 501, title: 'The hypervisor driver lacks this call' },
  'destination-unreachable': { status: 502, title: 'The other host cannot be reached' },
  'migration-failed': { status: 502, title: 'The virtual machine could not be moved' },
  'libvirt-denied': { status: 502, title: 'libvirt refuses the credentials of the service' },
  'libvirt-unavailable': { status: 503, title: 'libvirt is not connected' },
  'vm-unsettled': { status: 503, title: 'A change that was cut off is still to be undone' },
  'state-unwritable': { status: 503, title: 'The state directory cannot be written to' },
  'filters-missing': { status: 503, title: 'Network filters are missing on the host' },
  'kernel-unreadable': { status: 503, title: "The kernel's filter rules cannot be read" },
  'libvirt-timeout': { status: 504, title: 'libvirt did not answer in time' },
  'guest-unresponsive': { status: 504, title: 'The guest did not react' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ProblemType = keyof typeof problemTypes;
/**
 * One wrong place: `path` is a JSON pointer into the body (of a start: into the one that the VM was created with), or
 * `query/NAME`, `params/NAME`, `headers/NAME`.
 */
export interface FieldError {
  path: string;
  message: string;
}

/** A NIC that uses a filter. */
export interface FilterUser {
  /** UUID of its VM. */
  vm: string;
  nic: string;
  /** Its tap, while the VM runs. */
  port?: string;
}
/** Who uses a filter. */
export interface FilterUsers {
  usedBy: FilterUser[];
  /** Filters that refer to it. */
  referencedBy: string[];
}

export interface ProblemOptions {
  errors?: FieldError[];
  users?: FilterUsers;
  /** When it may be tried again, s. */
  retryAfter?: number;
  cause?: unknown;
}

/** What is thrown anywhere in the service and answered as application/problem+json. */
export class Problem extends Error {
  readonly type: ProblemType;
  readonly errors: FieldError[] | undefined;
  readonly users: FilterUsers | undefined;
  readonly retryAfter: number | undefined;

  constructor(type: ProblemType, detail: string, { errors, users, retryAfter, cause }: ProblemOptions = {}) {
    super(detail, { cause });
    this.name = 'Problem';
    this.type = type;
    this.errors = errors;
    this.users = users;
    this.retryAfter = retryAfter;
  }

  get status(): number {
    return problemTypes[this.type].status;
  }
}

/** A problem with one field of the body. */
export function fieldProblem(type: ProblemType, path: string, message: string): Problem {
  return new Problem(type, `${path} ${message}.`, { errors: [{ path, message }] });
}

const { VIR_FROM_RPC } = libvirt;

/** The one table from libvirt's error codes to problems; a code that is not here is an unexpected fault. */
const byCode: ReadonlyMap<number, ProblemType> = new Map([
  [libvirt.VIR_ERR_NO_DOMAIN, 'vm-not-found'],
  [libvirt.VIR_ERR_NO_NETWORK, 'source-not-found'],
  [libvirt.VIR_ERR_NO_STORAGE_POOL, 'volume-not-found'],
  [libvirt.VIR_ERR_NO_STORAGE_VOL, 'volume-not-found'],
  [libvirt.VIR_ERR_OPERATION_INVALID, 'vm-state-conflict'],
  [libvirt.VIR_ERR_INTERNAL_ERROR, 'libvirt-refused'],
  [libvirt.VIR_ERR_OPERATION_FAILED, 'libvirt-refused'],
  [libvirt.VIR_ERR_XML_ERROR, 'libvirt-refused'],
  [libvirt.VIR_ERR_XML_DETAIL, 'libvirt-refused'],
  [libvirt.VIR_ERR_XML_INVALID_SCHEMA, 'libvirt-refused'],
  [libvirt.VIR_ERR_CONFIG_UNSUPPORTED, 'libvirt-refused'],
  [libvirt.VIR_ERR_OPERATION_UNSUPPORTED, 'libvirt-refused'],
  [libvirt.VIR_ERR_ARGUMENT_UNSUPPORTED, 'libvirt-refused'],
  [libvirt.VIR_ERR_INVALID_ARG, 'libvirt-refused'],
  [libvirt.VIR_ERR_SYSTEM_ERROR, 'libvirt-refused'],
  [libvirt.VIR_ERR_RESOURCE_BUSY, 'libvirt-refused'],
  [libvirt.VIR_ERR_NO_MEMORY, 'libvirt-refused'],
  [libvirt.VIR_ERR_NO_SUPPORT, 'libvirt-unsupported'],
  [libvirt.VIR_ERR_AUTH_FAILED, 'libvirt-denied'],
  [libvirt.VIR_ERR_AUTH_CANCELLED, 'libvirt-denied'],
  [libvirt.VIR_ERR_AUTH_UNAVAILABLE, 'libvirt-denied'],
  [libvirt.VIR_ERR_ACCESS_DENIED, 'libvirt-denied'],
  [libvirt.VIR_ERR_OPERATION_DENIED, 'libvirt-denied'],
  [libvirt.VIR_ERR_OPERATION_TIMEOUT, 'libvirt-timeout'],
  [libvirt.VIR_ERR_AGENT_UNRESPONSIVE, 'libvirt-timeout'],
  [libvirt.VIR_ERR_NO_CONNECT, 'libvirt-unavailable'],
  [libvirt.VIR_ERR_INVALID_CONN, 'libvirt-unavailable'],
  [libvirt.VIR_ERR_RPC, 'libvirt-unavailable'],
]);

/** Whether the call failed because the connection is gone, not because libvirt said no. */
export function isConnectionLoss(error: unknown): boolean {
  if (error instanceof ClosedError) return true;
  if (!(error instanceof LibvirtError)) return false;
  const type = byCode.get(error.code);
  // the daemon says from the RPC layer, too, that it does not let us in
  return type === 'libvirt-unavailable' || (error.domain === VIR_FROM_RPC && type !== 'libvirt-denied');
}

/** The problem that an error comes to; undefined for a fault that nobody foresaw. */
export function toProblem(error: unknown): Problem | undefined {
  if (error instanceof Problem) return error;
  if (isConnectionLoss(error)) {
    return new Problem(
      'libvirt-unavailable',
      'The connection to libvirt was lost; it is being opened again.',
      {
        cause: error,
      },
    );
  }
  if (!(error instanceof LibvirtError)) return undefined;
  const type = byCode.get(error.code);
  return type && new Problem(type, error.message, { cause: error });
}

/** libvirt's own error behind a problem, to be shown beside it. */
export function libvirtCause(error: unknown): LibvirtError | undefined {
  for (let at = error; at instanceof Error; at = at.cause) if (at instanceof LibvirtError) return at;
  return undefined;
}

/** Whether libvirt says that it has no such object. */
export function isNotFound(error: unknown, code: number): boolean {
  return error instanceof LibvirtError && error.code === code;
}

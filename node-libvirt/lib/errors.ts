import { errorDomainNames, errorNames } from './constants.js';
import type { NativeError } from './native.js';

/**
 * A libvirt call that failed. Tell errors apart by `code` (and `domain`), never by `message`, which is
 * translated. The names of both are in constants.ts.
 *
 * https://libvirt.org/html/libvirt-virterror.html#virError
 */
export class LibvirtError extends Error {
  static {
    this.prototype.name = 'LibvirtError';
  }

  /** virErrorNumber, such as {@link VIR_ERR_NO_DOMAIN}. */
  readonly code: number;
  /** The code's name, such as `'VIR_ERR_NO_DOMAIN'`; `'VIR_ERR_1234'` if libvirt is newer than this package. */
  readonly codeName: string;
  /** virErrorDomain: the part of libvirt that reported it. */
  readonly domain: number;
  /** The domain's name, such as `'VIR_FROM_QEMU'`. */
  readonly domainName: string;
  /** virErrorLevel; 2 is an error. */
  readonly level: number;
  /** The C function that failed, such as `'virDomainCreateWithFlags'`. */
  readonly call: string;

  constructor(message: string, fields: Pick<LibvirtError, 'code' | 'domain' | 'level' | 'call'>) {
    super(message);
    this.code = fields.code;
    this.codeName = errorNames[fields.code] ?? `VIR_ERR_${fields.code}`;
    this.domain = fields.domain;
    this.domainName = errorDomainNames[fields.domain] ?? `VIR_FROM_${fields.domain}`;
    this.level = fields.level;
    this.call = fields.call;
  }
}

/** The handle, or the connection that it belongs to, was closed by this process. */
export class ClosedError extends Error {
  static {
    this.prototype.name = 'ClosedError';
  }

  readonly code = 'ERR_LIBVIRT_CLOSED';

  constructor(message = 'the libvirt handle is closed') {
    super(message);
  }
}

function translate(error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  if (error.code === 'ERR_LIBVIRT_CLOSED') return new ClosedError();
  return typeof error.code === 'number' ? new LibvirtError(error.message, error as NativeError) : error;
}

/**
 * Waits for a native call. Its errors are made anew here, where they get the caller's stack: the native
 * ones are born in a callback that knows nothing of it.
 */
export async function call<T>(start: () => Promise<T>): Promise<T> {
  try {
    return await start();
  } catch (error) {
    throw translate(error);
  }
}

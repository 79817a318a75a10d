import { getSystemErrorName } from 'node:util';
import type { NativeError } from './native.js';

/** The same error as Node's own system errors are: `code` its name, `errno` negative; what is none of the system's as it is. */
export function systemError(error: unknown): unknown {
  const { errno, message } = error as NativeError;
  if (!(errno > 0)) return error;
  return Object.assign(new Error(message), { code: getSystemErrorName(-errno), errno: -errno });
}

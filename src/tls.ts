import { readFileSync } from 'node:fs';
import { createSecureContext, type TlsOptions } from 'node:tls';
import type { Settings } from './config.js';
import { SettingsError } from './settings-error.js';

/** What HTTPS is served with. */
export interface TlsFiles {
  cert: Buffer;
  key: Buffer;
  /** Of those who have made the clients' certificates. */
  ca?: Buffer;
}

/** @throws SettingsError when a file cannot be read, is none of its kind, or the key is not the certificate's */
export function readTlsFiles({ tlsCert, tlsKey, tlsClientCa }: Settings): TlsFiles | undefined {
  if (tlsCert === undefined || tlsKey === undefined) return undefined;
  try {
    const files = {
      cert: readFileSync(tlsCert),
      key: readFileSync(tlsKey),
      ...(tlsClientCa !== undefined && { ca: readFileSync(tlsClientCa) }),
    };
    createSecureContext(files);
    return files;
  } catch (error) {
    throw new SettingsError(`The TLS files cannot be used: ${(error as Error).message}.`);
  }
}

/**
 * What the server is told. A client may come without a certificate and show a token; whether the one that it shows is valid is asked
 * where it is known who asks, so that the answer can say what is wrong.
 */
export const tlsOptions = (files: TlsFiles): TlsOptions => ({
  ...files,
  ...(files.ca && { requestCert: true, rejectUnauthorized: false }),
});

import { X509Certificate } from 'node:crypto';

/** The names that a certificate is for; a wildcard is none. */
export function namesOf(pem: Buffer): string[] {
  const { subjectAltName } = new X509Certificate(pem);
  return [...(subjectAltName ?? '').matchAll(/(?:^|, )DNS:([A-Za-z0-9._-]+)(?=,|$)/g)].map(
    ([, name = '']) => name,
  );
}

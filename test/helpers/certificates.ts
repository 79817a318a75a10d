import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';

/** Files of a certificate and its key. */
export interface Pair {
  cert: string;
  key: string;
}

const keys = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

/** Who makes certificates, in a directory that goes with the test. */
export class Authority {
  readonly ca: Pair;
  readonly #directory = mkdtempSync(join(tmpdir(), 'virtwarden-ca-'));

  constructor(t: Test, subject = '/CN=authority') {
    t.teardown(() => rmSync(this.#directory, { recursive: true }));
    this.ca = this.#pair('ca');
    this.#openssl('req', '-x509', ...keys, '-keyout', this.ca.key, '-out', this.ca.cert, '-subj', subject);
  }

  /**
   * Makes a certificate for somebody.
   * @param days for how long; less than nothing: it has expired
   * @param extension such as `extendedKeyUsage=serverAuth`
   */
  issue(name: string, subject: string, { days = 1, extension = '' } = {}): Pair {
    const { key, cert } = this.#pair(name);
    const request = join(this.#directory, `${name}.csr`);
    const extensions = extension === '' ? [] : ['-addext', extension, '-copy_extensions', 'copy'];
    const [asked, copied] = [extensions.slice(0, 2), extensions.slice(2)];
    this.#openssl('req', '-new', ...keys, '-keyout', key, '-out', request, '-subj', subject, ...asked);
    const by = ['-CA', this.ca.cert, '-CAkey', this.ca.key, '-days', String(days)];
    this.#openssl('x509', '-req', '-in', request, ...by, ...copied, '-out', cert);
    return { key, cert };
  }

  #pair(name: string): Pair {
    return { key: join(this.#directory, `${name}.key`), cert: join(this.#directory, `${name}.pem`) };
  }

  #openssl(...args: string[]): void {
    execFileSync('openssl', args, { stdio: 'pipe' });
  }
}

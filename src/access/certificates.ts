import type { X509Certificate } from 'node:crypto';
import { TLSSocket } from 'node:tls';
import type { Caller } from './caller.js';
import { type Granted, parseGranted } from './granted.js';
import { subjectOfLines, subjectOfText } from './subject.js';

/** What a client's certificate came to: a caller, or why it is none. */
export type Shown = { caller: Caller; until: number } | { refused: string };

/** Clients who are known by the certificate that they show, without a token. */
export class Certificates {
  readonly #grants: readonly (Granted & { subject: string })[];
  readonly #shown = new WeakMap<TLSSocket, Shown>();

  /** @param granted `SUBJECT=ROLE`, where the subject is the certificate's whole one, in any order; the first that fits counts */
  constructor(granted: readonly string[]) {
    this.#grants = granted.map(parseGranted).map((one) => ({ ...one, subject: subjectOfText(one.who) }));
  }

  /** @returns undefined where no certificate was shown */
  shownBy(socket: unknown): Shown | undefined {
    if (!(socket instanceof TLSSocket)) return undefined;
    const known = this.#shown.get(socket);
    if (known) return known;
    const certificate = socket.getPeerX509Certificate();
    if (!certificate) return undefined;
    const shown = this.#look(certificate, socket);
    this.#shown.set(socket, shown);
    return shown;
  }

  #look(certificate: X509Certificate, { authorized, authorizationError }: TLSSocket): Shown {
    if (!authorized)
      return { refused: `The client's certificate is not valid: ${String(authorizationError)}.` };
    // which a certificate need not have, whatever Node's types say
    const { subject: lines = '' } = certificate as Partial<X509Certificate>;
    const subject = subjectOfLines(lines);
    const grant = this.#grants.find((one) => one.subject === subject);
    if (!grant) return { refused: `The client's certificate is of "${subject}", whom nothing is granted.` };
    const { role, trust } = grant;
    return {
      caller: { name: subject, role, trust, via: 'certificate', key: `certificate:${subject}` },
      until: Date.parse(certificate.validTo),
    };
  }
}

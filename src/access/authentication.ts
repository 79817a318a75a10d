import type { FastifyRequest } from 'fastify';
import { Problem } from '../errors.js';
import type { TokenStore } from '../state/tokens.js';
import type { Caller } from './caller.js';
import type { Certificates } from './certificates.js';
import type { Peers } from './peers.js';

/**
 * Who asks, by a token, the certificate of its connection, or the user of the host who made it. What is said in a request comes first:
 * a token that is none lets nobody in, whoever shows it.
 */
export class Authentication {
  readonly tokens: TokenStore;
  readonly peers: Peers | undefined;
  readonly #certificates: Certificates | undefined;

  /** @param known by what else than a token somebody may be known */
  constructor(tokens: TokenStore, known: { certificates?: Certificates; peers?: Peers } = {}) {
    this.tokens = tokens;
    this.peers = known.peers;
    this.#certificates = known.certificates;
  }

  /** @throws Problem unauthorized */
  callerOf({ headers: { authorization }, raw: { socket } }: FastifyRequest): Caller {
    if (authorization !== undefined) return this.#ofToken(authorization);
    const shown = this.#certificates?.shownBy(socket);
    if (shown) {
      if ('refused' in shown) throw new Problem('unauthorized', shown.refused);
      if (shown.until <= Date.now())
        throw new Problem('unauthorized', "The client's certificate has expired.");
      return shown.caller;
    }
    const peer = this.peers?.callerOf(socket);
    if (peer) return peer;
    const uid = this.peers?.uidOf(socket);
    const granted = uid === undefined ? '' : ` VIRTWARDEN_SOCKET_PEERS grants nothing to uid ${uid}.`;
    throw new Problem(
      'unauthorized',
      `The request needs the header "Authorization: Bearer TOKEN".${granted}`,
    );
  }

  /** Whether a request that was let in would still be: one may go on for long. */
  stillHolds({ caller, raw: { socket } }: FastifyRequest): boolean {
    if (caller?.via === 'token') return this.tokens.holds(caller.key);
    if (caller?.via !== 'certificate') return caller !== undefined;
    const shown = this.#certificates?.shownBy(socket);
    return shown !== undefined && 'until' in shown && Date.now() < shown.until;
  }

  #ofToken(authorization: string): Caller {
    const [, token] = /^Bearer ([!-~]+)$/i.exec(authorization) ?? [];
    if (token === undefined)
      throw new Problem('unauthorized', 'The header Authorization must be "Bearer TOKEN".');
    const found = this.tokens.find(token);
    if (!found) throw new Problem('unauthorized', 'The token is not valid.');
    if (found.expired) throw new Problem('unauthorized', `The token ${found.caller.name} has expired.`);
    return found.caller;
  }
}

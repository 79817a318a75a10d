import type { FastifyRequest } from 'fastify';
import { fieldProblem, Problem } from '../errors.js';
import { hashJson } from './canonical.js';

/** The strong entity tag of a resource's representation: the same for the same content, on whatever route. */
export const etagOf = (representation: unknown): string => `"${hashJson(representation)}"`;

const tag = /(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"/g;

/**
 * Takes `*` or a list of entity tags apart (RFC 9110, 8.8.3); undefined for what is neither. What stands around the tags is
 * looked at piece by piece: one expression for the whole list would try each way to read a long row of commas.
 */
function parseTags(header: string): '*' | string[] | undefined {
  if (header.trim() === '*') return '*';
  const around = header.split(tag);
  const isList =
    around.length > 1 &&
    around.every((piece) => /^[ \t,]*$/.test(piece)) &&
    around.slice(1, -1).every((piece) => piece.includes(','));
  return isList ? (header.match(tag) ?? []) : undefined;
}

/** If-None-Match of a read: whether the client has this already. The comparison is weak; what is malformed has nothing. */
export function isKnown(header: string | undefined, etag: string): boolean {
  const tags = header === undefined ? undefined : parseTags(header);
  return tags === '*' || (tags ?? []).some((tag) => tag.replace(/^W\//, '') === etag);
}

/**
 * If-Match of a change: makes sure that the caller changes what it has seen. To be called with the lock held that the
 * change is made under, with what a GET would give now, in each of its forms: the audit log tells the last of them as what
 * was before. Without the header it demands nothing.
 * @throws Problem etag-stale; invalid-request when the header is malformed
 */
export function demandMatch(
  request: Pick<FastifyRequest, 'headers'> & { before?: unknown },
  ...current: [unknown, ...unknown[]]
): void {
  request.before = current.at(-1);
  const header = request.headers['if-match'];
  if (header === undefined) return;
  const tags = parseTags(header);
  if (tags === undefined) {
    throw fieldProblem(
      'invalid-request',
      'headers/if-match',
      'is neither * nor a list of quoted entity tags',
    );
  }
  const now = current.map(etagOf);
  if (tags !== '*' && !now.some((tag) => tags.includes(tag))) {
    throw new Problem('etag-stale', `The resource was changed meanwhile: its entity tag is ${now[0]} now.`);
  }
}

import { answered, dataOf } from '../api/answer.js';
import { api, type Schemas } from '../api/client.js';
import { follow, operationIn } from './operations.js';

/** A filter's document goes as it is written. */
const xml = {
  headers: { 'content-type': 'application/xml' },
  bodySerializer: (body: unknown): string => body as string,
} as const;
/** The schema of the body is that of JSON, and this is the other one that the route takes. */
const bodyOf = (text: string): never => text as never;

/** A filter as libvirt writes it, and its entity tag. @throws Failure */
export async function readFilterXml(name: string): Promise<{ text: string; etag: string }> {
  const { data, response } = await answered(
    api.GET('/v1/nwfilters/{name}', {
      params: { path: { name } },
      headers: { accept: 'application/xml' },
      parseAs: 'text',
    }),
  );
  return { text: data, etag: response.headers.get('etag') ?? '' };
}

/** What the service has against a document. @throws Failure when it cannot be asked */
export async function checkFilterXml(
  text: string,
  replaces: string | undefined,
): Promise<Schemas['NwfilterCheck']['errors']> {
  const query = replaces === undefined ? {} : { replaces };
  const call = api.POST('/v1/nwfilters/check', { ...xml, params: { query }, body: bodyOf(text) });
  return (await dataOf(call)).errors;
}

/** @returns the name that it has now @throws Failure */
export async function createFilter(text: string): Promise<string> {
  return (await dataOf(api.POST('/v1/nwfilters', { ...xml, body: bodyOf(text) }))).name;
}

/** Replaces a filter, unless it is another by now; where running NICs have it, that is long work. @throws Failure */
export async function replaceFilter(name: string, text: string, etag: string): Promise<void> {
  const headers = { ...xml.headers, 'if-match': etag };
  const params = { path: { name } };
  const answer = await dataOf(
    api.PUT('/v1/nwfilters/{name}', { ...xml, headers, params, body: bodyOf(text) }),
  );
  follow(operationIn(answer));
}

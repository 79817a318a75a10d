import { type IncomingMessage, request as overHttp } from 'node:http';
import { request as overHttps, type RequestOptions } from 'node:https';
import { Readable } from 'node:stream';

/** Statuses whose answers have no body, not even an empty one. */
const bodiless: ReadonlySet<number> = new Set([204, 205, 304]);

function asResponse(answer: IncomingMessage): Response {
  const { statusCode: status = 0, statusMessage: statusText = '', rawHeaders } = answer;
  const headers = new Headers();
  for (let at = 0; at + 1 < rawHeaders.length; at += 2)
    headers.append(rawHeaders[at] ?? '', rawHeaders[at + 1] ?? '');
  if (bodiless.has(status)) answer.resume();
  const body = bodiless.has(status) ? null : (Readable.toWeb(answer) as ReadableStream<Uint8Array>);
  return new Response(body, { status, statusText, headers });
}

/**
 * A fetch over Node.js's own HTTP, which takes what the global one does not: a unix socket, certificates, a connection that is
 * there already. It follows no redirects, and rejects with Node.js's error when there is no answer.
 * @param options of each request, beside what the request itself says
 */
export const nodeFetch =
  (options: RequestOptions) =>
  async (request: Request): Promise<Response> => {
    const { url, method, signal } = request;
    const send = url.startsWith('https:') ? overHttps : overHttp;
    const headers = Object.fromEntries(request.headers);
    const body = request.body ? Buffer.from(await request.arrayBuffer()) : undefined;
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      // The listener stays: of an error after the answer has begun, its body tells.
      send(url, { ...options, method, headers, signal }, resolve)
        .on('error', reject)
        .end(body);
    });
    return asResponse(answer);
  };

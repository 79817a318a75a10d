import { request } from 'node:http';
import { json, text } from 'node:stream/consumers';

export interface Answer<T> {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: T;
}

export interface CallOptions {
  body?: unknown;
  token?: string;
  headers?: Record<string, string>;
}

/** One HTTP request over a unix socket; an answer without a body has undefined there. */
export async function call<T>(
  socketPath: string,
  method: string,
  path: string,
  { body, token, headers: more }: CallOptions = {},
): Promise<Answer<T>> {
  const headers = {
    ...more,
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
    ...(body !== undefined && { 'content-type': 'application/json' }),
  };
  return await new Promise<Answer<T>>((resolve, reject) => {
    const outgoing = request({ socketPath, method, path, headers }, (answer) => {
      const isJson = (answer.headers['content-type'] ?? '').includes('json');
      (isJson ? json(answer) : text(answer)).then(
        (received) =>
          resolve({
            status: answer.statusCode ?? 0,
            headers: answer.headers,
            body: (received === '' ? undefined : received) as T,
          }),
        reject,
      );
    });
    outgoing.on('error', reject);
    outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

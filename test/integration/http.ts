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
  // what has a type of its own is sent as it is
  const isJson = body !== undefined && more?.['content-type'] === undefined;
  const headers = {
    ...more,
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
    ...(isJson && { 'content-type': 'application/json' }),
  };
  return await new Promise<Answer<T>>((resolve, reject) => {
    const outgoing = request({ socketPath, method, path, headers }, (answer) => {
      const saysJson = (answer.headers['content-type'] ?? '').includes('json');
      (saysJson ? json(answer) : text(answer)).then(
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
    outgoing.end(isJson ? JSON.stringify(body) : body);
  });
}

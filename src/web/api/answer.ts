import type { Schemas } from './client.js';
import { letInNoMore } from './session.js';

/** Why something was not done, in words for who asked for it. */
export class Failure extends Error {
  readonly title: string;
  readonly status: number;
  readonly errors: readonly { path: string; message: string }[];

  constructor(title: string, detail: string, { status = 0, errors = [] }: Partial<Failure> = {}) {
    super(detail);
    this.title = title;
    this.status = status;
    this.errors = errors;
  }
}

const unreachable = (): Failure =>
  new Failure(
    'The service cannot be reached',
    'It did not answer: what was asked for may or may not be done.',
  );

export const asFailure = (error: unknown): Failure =>
  error instanceof Failure ? error : new Failure('The page has a fault', String(error));

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

function failureOf({ error, response }: Answer<unknown>): Failure {
  const { title, detail, errors } = (typeof error === 'object' ? error : {}) as Partial<Schemas['Problem']>;
  if (response.status === 401) letInNoMore();
  return new Failure(title ?? `The service answered ${response.status}`, detail ?? '', {
    status: response.status,
    errors: errors ?? [],
  });
}

/** An answer of the service with what it says. @throws Failure */
export async function answered<T>(call: Promise<Answer<T>>): Promise<{ data: T; response: Response }> {
  const answer = await call.catch(() => Promise.reject(unreachable()));
  if (!answer.response.ok) throw failureOf(answer);
  return { data: answer.data as T, response: answer.response };
}

/** What the service answers. @throws Failure */
export const dataOf = async <T>(call: Promise<Answer<T>>): Promise<T> => (await answered(call)).data;

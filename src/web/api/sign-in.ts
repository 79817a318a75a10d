import { dataOf } from './answer.js';
import { api, showToken } from './client.js';
import { caller, whySignedOut } from './session.js';

/** Asks the service who it is that has this token, or, without one, this certificate. @throws Failure */
export async function signIn(token: string | undefined): Promise<void> {
  showToken(token);
  const who = await dataOf(api.GET('/v1/whoami'));
  whySignedOut.value = '';
  caller.value = who;
}

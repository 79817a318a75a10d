import { answerOf, clientOver } from './client.js';
import { connect } from './connect.js';
import { CommandError } from './exit.js';
import { print } from './output.js';
import { clientArguments } from './settings.js';

/** It says so without asking anybody, ms. */
const answerMs = 5000;

/** `virtwarden health`: whether the service answers where its settings say that it listens. @throws CommandError, SettingsError */
export async function health(args: string[]): Promise<void> {
  const { settings, positionals, json } = clientArguments(args, {});
  if (positionals.length > 0) throw new CommandError('wrongUse', 'health wants nothing more.');
  const socket = await connect(settings.listen, settings);
  if (!socket) throw new CommandError('unreachable', `Nobody listens on ${settings.listen}.`);
  const api = clientOver(() => Promise.resolve(socket), { without: 'No token is shown.' }, answerMs);
  const answer: Record<string, unknown> = await answerOf(api.GET('/healthz'));
  if (answer.status !== 'ok')
    throw new CommandError('unreachable', 'What listens there does not answer as virtwarden does.');
  print(answer, json);
}

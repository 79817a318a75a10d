import { readFileSync } from 'node:fs';
import type { Schemas } from '../client/index.js';
import { wholeNumber } from './body.js';
import { answerOf } from './client.js';
import { CommandError } from './exit.js';
import { finished, showOperation, waitSeconds } from './operation.js';
import { throughService } from './reach.js';
import { clientArguments } from './settings.js';
import { demandNames } from './verbs.js';

type Input = Schemas['MigrateInput'];

const flags = {
  url: { type: 'string' },
  'url-token-file': { type: 'string' },
  'not-live': { type: 'boolean' },
  'post-copy': { type: 'boolean' },
  'peer-to-peer': { type: 'boolean' },
  tls: { type: 'boolean' },
  bandwidth: { type: 'string' },
  'max-downtime': { type: 'string' },
  'copy-storage': { type: 'string' },
  'replace-filters': { type: 'boolean' },
  wait: { type: 'boolean' },
} as const;

/** A token is not for the command line, which others see. @throws CommandError */
function tokenFrom(file: string | undefined): string | undefined {
  try {
    return file === undefined ? undefined : readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new CommandError('wrongUse', `--url-token-file cannot be read: ${(error as Error).message}.`, {
      cause: error,
    });
  }
}

/** `vm migrate VM URI [--url URL --url-token-file FILE] …`: moves it to another host. */
export async function migrate(args: string[]): Promise<void> {
  const command = clientArguments(args, flags);
  const [vm, destinationUri] = demandNames('vm migrate', command, 'VM', 'URI');
  const { flags: given } = command;
  const body: Input = {
    destinationUri,
    destinationUrl: given.url,
    destinationToken: tokenFrom(given['url-token-file']),
    live: given['not-live'] ? false : undefined,
    postCopy: given['post-copy'],
    peerToPeer: given['peer-to-peer'],
    tls: given.tls,
    bandwidthMiBps: wholeNumber('--bandwidth', given.bandwidth),
    maxDowntimeMs: wholeNumber('--max-downtime', given['max-downtime']),
    copyStorage: given['copy-storage'] as Input['copyStorage'],
    replaceFilters: given['replace-filters'],
  };
  const query = given.wait ? { wait: waitSeconds } : {};
  const operation = await throughService(command, async (api) => {
    const begun = await answerOf(api.POST('/v1/vms/{vm}/migrate', { params: { path: { vm }, query }, body }));
    return given.wait ? finished(api, begun) : begun;
  });
  showOperation(operation, command.json);
}

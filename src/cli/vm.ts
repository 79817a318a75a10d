import { runVerb, type Verbs } from './verbs.js';
import { create } from './vm-create.js';
import { migrate } from './vm-migrate.js';
import { list, show } from './vm-read.js';
import { act, remove, shutdown, start } from './vm-power.js';

const verbs: Verbs = new Map([
  ['list', list],
  ['show', show],
  ['create', create],
  ['start', start],
  ['shutdown', shutdown],
  ['stop', act('stop')],
  ['reboot', act('reboot')],
  ['reset', act('reset')],
  ['suspend', act('suspend')],
  ['resume', act('resume')],
  ['migrate', migrate],
  ['delete', remove],
]);

/** `virtwarden vm VERB …`: virtual machines, through the service. @throws CommandError, SettingsError */
export const vm = (args: string[]): Promise<void> => runVerb('vm', verbs, args);

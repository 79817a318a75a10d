import { plug, unplug, update } from './nic-change.js';
import { enforcement, list, show } from './nic-read.js';
import { runVerb, type Verbs } from './verbs.js';

const verbs: Verbs = new Map([
  ['list', list],
  ['show', show],
  ['plug', plug],
  ['update', update],
  ['unplug', unplug],
  ['enforcement', enforcement],
]);

/** `virtwarden nic VERB …`: network interfaces of a VM, through the service. @throws CommandError, SettingsError */
export const nic = (args: string[]): Promise<void> => runVerb('nic', verbs, args);

import { auditedOffline } from '../audit/offline.js';
import { type ConfigChange, configKeys, type ConfigPatch, type Policy } from '../schemas/config.js';
import { PolicyStore, whyInvalid } from '../state/policy-store.js';
import { answerOf } from './client.js';
import { CommandError } from './exit.js';
import { print, warn } from './output.js';
import { onService } from './reach.js';
import { type ClientArguments, clientArguments } from './settings.js';

async function get(command: ClientArguments, key: keyof Policy | undefined): Promise<void> {
  const policy = await onService<Policy>(
    command,
    (api) => answerOf(api.GET('/v1/config')),
    (stateDir) => PolicyStore.open(stateDir).current,
  );
  print(key === undefined ? policy : policy[key], command.json);
}

async function set(command: ClientArguments, patch: ConfigPatch): Promise<void> {
  const changed = await onService<ConfigChange>(
    command,
    (api) => answerOf(api.PATCH('/v1/config', { body: patch })),
    (stateDir) =>
      auditedOffline(stateDir, { action: 'config set', path: '/v1/config', asked: patch }, () =>
        PolicyStore.open(stateDir).change(patch),
      ),
  );
  const { outOfSyncNics, ...policy } = changed;
  print(command.json ? changed : policy, command.json);
  if (outOfSyncNics)
    warn(`${outOfSyncNics} running NICs are out of sync with the policy until they start anew.`);
}

const isKey = (name: string): name is keyof Policy => (configKeys as string[]).includes(name);

function demandKey(name: string): keyof Policy {
  if (isKey(name)) return name;
  throw new CommandError('wrongUse', `There is no key "${name}": there are ${configKeys.join(', ')}.`);
}

const toSwitch = (text: string): unknown => (text === 'true' || text === 'false' ? text === 'true' : text);
const parsers: Readonly<Record<keyof Policy, (text: string) => unknown>> = {
  EnableMACAntiSpoofingFilterRules: toSwitch,
  IngressGuard: toSwitch,
  ClusterCompatibilityVersion: (text) => text,
  DefaultFilters: (text) => text.split(','),
  reconcile: (text) => text,
};

function parseChange(assignments: string[]): ConfigPatch {
  if (assignments.length === 0) throw new CommandError('wrongUse', 'config set needs KEY=VALUE.');
  const entries = assignments.map((assignment) => {
    const at = assignment.indexOf('=');
    if (at < 0) throw new CommandError('wrongUse', `"${assignment}" is not KEY=VALUE.`);
    const key = demandKey(assignment.slice(0, at));
    return [key, parsers[key](assignment.slice(at + 1))] as const;
  });
  const patch = Object.fromEntries(entries);
  if (Object.keys(patch).length < entries.length) throw new CommandError('wrongUse', 'A key stands twice.');
  const wrong = whyInvalid(patch);
  if (wrong !== undefined) throw new CommandError('wrongUse', `${wrong}.`);
  return patch;
}

/** `virtwarden config get [KEY]` and `config set KEY=VALUE …`. @throws CommandError, SettingsError */
export async function config(args: string[]): Promise<void> {
  const command = clientArguments(args, {});
  const [verb, ...rest] = command.positionals;
  if (verb === 'get' && rest.length <= 1)
    return get(command, rest[0] === undefined ? undefined : demandKey(rest[0]));
  if (verb === 'set') return set(command, parseChange(rest));
  throw new CommandError('wrongUse', 'config wants get [KEY] or set KEY=VALUE.');
}

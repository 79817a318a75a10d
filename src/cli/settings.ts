import { parseArgs, type ParseArgsConfig } from 'node:util';
import { flagName, loadSettings, type Settings, settingNames } from '../config.js';

const settingFlags = Object.fromEntries(
  ['config', ...settingNames.map(flagName)].map((name) => [name, { type: 'string' as const }]),
);

/** The flags of the commands that talk to the service, beside the settings. */
const clientFlags = { json: { type: 'boolean' }, 'token-file': { type: 'string' } } as const;

export interface ClientArguments {
  settings: Settings;
  positionals: string[];
  json: boolean;
  tokenFile: string | undefined;
}

const parse = (args: string[], options: ParseArgsConfig['options'], allowPositionals: boolean) =>
  parseArgs({ args, options: { ...settingFlags, ...options }, allowPositionals });

/** Reads the arguments of `serve`. @throws SettingsError, or parseArgs' error */
export function serveArguments(args: string[]): Settings {
  const { values } = parse(args, {}, false);
  return loadSettings(process.env, values as Record<string, string>);
}

type FlagTypes = Readonly<Record<string, { type: 'string' | 'boolean'; multiple?: true }>>;
export type FlagValues<Own extends FlagTypes> = {
  [Name in keyof Own]?: Own[Name] extends { type: 'boolean' }
    ? boolean
    : Own[Name] extends { multiple: true }
      ? string[]
      : string;
};

/**
 * Reads the arguments of a command that talks to the service.
 * @param own its flags beside those of all such commands
 * @throws SettingsError, or parseArgs' error
 */
export function clientArguments<const Own extends FlagTypes>(
  args: string[],
  own: Own,
): ClientArguments & { flags: FlagValues<Own> } {
  const { values, positionals } = parse(args, { ...clientFlags, ...own }, true);
  const { json, 'token-file': tokenFile, ...rest } = values;
  const given = Object.entries(rest);
  const settings = Object.fromEntries(given.filter(([name]) => !(name in own)));
  return {
    settings: loadSettings(process.env, settings as Record<string, string>),
    positionals,
    json: json === true,
    tokenFile: typeof tokenFile === 'string' ? tokenFile : undefined,
    flags: Object.fromEntries(given.filter(([name]) => name in own)) as FlagValues<Own>,
  };
}

/** Reads the arguments of a command that works on libvirt itself. @throws SettingsError, or parseArgs' error */
export function nwfilterArguments(
  args: string[],
): Pick<ClientArguments, 'settings' | 'positionals' | 'json'> & { check: boolean } {
  const { values, positionals } = parse(
    args,
    { json: { type: 'boolean' }, check: { type: 'boolean' } },
    true,
  );
  const { json, check, ...flags } = values;
  return {
    settings: loadSettings(process.env, flags as Record<string, string>),
    positionals,
    json: json === true,
    check: check === true,
  };
}

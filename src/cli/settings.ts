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

/** Reads the arguments of a command that talks to the service. @throws SettingsError, or parseArgs' error */
export function clientArguments(args: string[]): ClientArguments {
  const { values, positionals } = parse(args, clientFlags, true);
  const { json, 'token-file': tokenFile, ...flags } = values;
  return {
    settings: loadSettings(process.env, flags as Record<string, string>),
    positionals,
    json: json === true,
    tokenFile: typeof tokenFile === 'string' ? tokenFile : undefined,
  };
}

export interface TokenArguments extends ClientArguments {
  role: string | undefined;
  trust: boolean;
  expires: string | undefined;
}

/** Reads the arguments of `token`. @throws SettingsError, or parseArgs' error */
export function tokenArguments(args: string[]): TokenArguments {
  const own = { role: { type: 'string' }, trust: { type: 'boolean' }, expires: { type: 'string' } } as const;
  const { values, positionals } = parse(args, { ...clientFlags, ...own }, true);
  const { role, trust, expires, json, 'token-file': tokenFile, ...flags } = values;
  const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
  return {
    settings: loadSettings(process.env, flags as Record<string, string>),
    positionals,
    json: json === true,
    tokenFile: text(tokenFile),
    role: text(role),
    trust: trust === true,
    expires: text(expires),
  };
}

/** Reads the arguments of `enforcement`. @throws SettingsError, or parseArgs' error */
export function enforcementArguments(args: string[]): ClientArguments & { repair: boolean } {
  const repair = args.includes('--repair');
  return { ...clientArguments(args.filter((arg) => arg !== '--repair')), repair };
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

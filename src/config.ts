import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { Ajv } from 'ajv';
import Type, { type Static } from 'typebox';

/**
 * The settings, each with its default. A setting is an environment variable, a flag of `virtwarden serve` and a
 * key of the settings file, and the first of these that names it wins: VIRTWARDEN_STATE_DIR, --state-dir, stateDir.
 */
export const SettingsSchema = Type.Object(
  {
    uri: Type.String({ minLength: 1, default: 'qemu:///system', description: 'libvirt connection' }),
    listen: Type.String({ minLength: 1, default: '127.0.0.1:7480', description: 'HOST:PORT, or unix:/PATH' }),
    tlsCert: Type.Optional(Type.String({ minLength: 1, description: 'certificate chain, PEM file' })),
    tlsKey: Type.Optional(Type.String({ minLength: 1, description: 'private key, PEM file' })),
    stateDir: Type.String({ pattern: '^/', default: '/var/lib/virtwarden', description: 'tokens and state' }),
    adminTokenFile: Type.Optional(
      Type.String({
        pattern: '^/',
        description: 'where the first admin token is put; STATE_DIR/admin.token',
      }),
    ),
    imageDirs: Type.Array(Type.String({ pattern: '^/' }), {
      minItems: 1,
      default: ['/var/lib/libvirt/images'],
      description: 'where disks, kernels and ISO files may lie; separated by colons',
    }),
    hostNames: Type.Array(Type.String({ minLength: 1, maxLength: 253, pattern: '^[A-Za-z0-9._-]+$' }), {
      default: [],
      description: "names of the service in URLs, beside its certificate's; separated by commas",
    }),
    requestsPerMinute: Type.Integer({
      minimum: 60,
      maximum: 1_000_000_000,
      default: 6000,
      description: 'how many requests a caller may send',
    }),
    logLevel: Type.Enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
      default: 'info',
      description: 'least level that is logged',
    }),
  },
  { additionalProperties: false },
);

export type Settings = Static<typeof SettingsSchema> & { adminTokenFile: string };
export type SettingName = keyof typeof SettingsSchema.properties;

export const settingNames = Object.keys(SettingsSchema.properties) as SettingName[];
export const defaultSettingsFile = '/etc/virtwarden/virtwarden.json';

/** stateDir → VIRTWARDEN_STATE_DIR */
export const envName = (name: string): string =>
  `VIRTWARDEN_${name.replace(/[A-Z]/g, (c) => `_${c}`).toUpperCase()}`;
/** stateDir → state-dir */
export const flagName = (name: string): string => name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`);

/** Variables of the environment that are no settings: where the settings file is, and what the command line shows. */
const otherVariables = new Set(['VIRTWARDEN_CONFIG', 'VIRTWARDEN_TOKEN', 'VIRTWARDEN_TOKEN_FILE']);

/** A setting is wrong or unknown. The message is one sentence for a person who has to mend it. */
export class SettingsError extends Error {}

const validate = new Ajv({ useDefaults: true, strict: false }).compile(SettingsSchema);

/** Where each setting's value came from, for the message that says it is wrong. */
type Sourced = Record<string, { value: unknown; from: string }>;

function readSettingsFile(path: string, mustExist: boolean): Sourced {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' && !mustExist) return {};
    throw new SettingsError(`The settings file ${path} cannot be read: ${(error as Error).message}.`);
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new SettingsError(`The settings file ${path} is not JSON: ${(error as Error).message}.`);
  }
  if (parsed === null || typeof parsed !== 'object' || Array.isArray(parsed)) {
    throw new SettingsError(`The settings file ${path} must hold a JSON object.`);
  }
  return Object.fromEntries(
    Object.entries(parsed as Record<string, unknown>).map(([key, value]) => [
      key,
      { value, from: `"${key}" in ${path}` },
    ]),
  );
}

/** What a variable or a flag says; what it cannot be read as stays text, which the schema refuses. */
const parsers: Partial<Record<SettingName, (text: string) => unknown>> = {
  imageDirs: (text) => text.split(':'),
  hostNames: (text) => text.split(','),
  requestsPerMinute: (text) => (/^\d{1,10}$/.test(text) ? Number(text) : text),
};
const parse = (name: SettingName, text: string): unknown => parsers[name]?.(text) ?? text;

function fromEnvironment(env: NodeJS.ProcessEnv): Sourced {
  const known = new Map(settingNames.map((name) => [envName(name), name]));
  const found: Sourced = {};
  for (const [key, value] of Object.entries(env)) {
    if (!key.startsWith('VIRTWARDEN_') || otherVariables.has(key) || value === undefined) continue;
    const name = known.get(key);
    if (!name) throw new SettingsError(`The environment variable ${key} is not a setting of virtwarden.`);
    found[name] = { value: parse(name, value), from: key };
  }
  return found;
}

function fromFlags(flags: Partial<Record<string, string>>): Sourced {
  return Object.fromEntries(
    settingNames.flatMap((name) => {
      const value = flags[flagName(name)];
      return value === undefined
        ? []
        : [[name, { value: parse(name, value), from: `--${flagName(name)}` }] as const];
    }),
  );
}

/**
 * Reads the settings from all three places and checks them.
 * @param flags the flags of `virtwarden serve`, by their names without dashes in front; `config` names the file
 * @throws SettingsError naming the wrong or unknown setting and where it was set
 */
export function loadSettings(env: NodeJS.ProcessEnv, flags: Partial<Record<string, string>> = {}): Settings {
  const file = env.VIRTWARDEN_CONFIG ?? flags.config;
  const sourced: Sourced = {
    ...readSettingsFile(file ?? defaultSettingsFile, file !== undefined),
    ...fromFlags(flags),
    ...fromEnvironment(env),
  };
  const settings = Object.fromEntries(Object.entries(sourced).map(([name, { value }]) => [name, value]));
  if (!validate(settings)) {
    const error = validate.errors?.[0];
    if (error?.keyword === 'additionalProperties') {
      const name = (error.params as { additionalProperty: string }).additionalProperty;
      throw new SettingsError(`${sourced[name]?.from ?? name} is not a setting of virtwarden.`);
    }
    const name = error?.instancePath.split('/')[1] ?? '';
    const allowed = (error?.params as { allowedValues?: string[] } | undefined)?.allowedValues;
    throw new SettingsError(
      `${sourced[name]?.from ?? name} is wrong: it ${error?.message ?? 'is invalid'}${allowed ? ` (${allowed.join(', ')})` : ''}.`,
    );
  }
  const complete = settings as Static<typeof SettingsSchema>;
  checkListen(complete);
  return { ...complete, adminTokenFile: complete.adminTokenFile ?? `${complete.stateDir}/admin.token` };
}

export type ListenAddress = { path: string } | { host: string; port: number };

/** Takes `unix:/PATH`, `HOST:PORT` or `[IPV6]:PORT` apart. */
export function parseListen(listen: string): ListenAddress {
  if (listen.startsWith('unix:/')) return { path: listen.slice('unix:'.length) };
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(listen);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  if (host === undefined || port > 65535) {
    throw new SettingsError(`The address to listen on, "${listen}", is neither HOST:PORT nor unix:/PATH.`);
  }
  return { host, port };
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));

function checkListen(settings: Static<typeof SettingsSchema>): void {
  const address = parseListen(settings.listen);
  if ((settings.tlsCert === undefined) !== (settings.tlsKey === undefined)) {
    throw new SettingsError('VIRTWARDEN_TLS_CERT and VIRTWARDEN_TLS_KEY go together: set both or neither.');
  }
  if ('host' in address && !isLoopback(address.host) && settings.tlsCert === undefined) {
    throw new SettingsError(
      `Listening on ${settings.listen} needs TLS: set VIRTWARDEN_TLS_CERT and VIRTWARDEN_TLS_KEY, or listen on loopback or a unix socket.`,
    );
  }
}

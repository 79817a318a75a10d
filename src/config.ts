import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import Type, { type Static } from 'typebox';
import { grantedPattern } from './access/granted.js';
import { splitSubjects } from './access/subject.js';
import { checkTogether } from './settings-checks.js';
import { SettingsError } from './settings-error.js';

/** A user's or group's name or number. */
const accountPattern = '[A-Za-z0-9_][A-Za-z0-9_.-]*\\$?';

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
    tlsClientCa: Type.Optional(
      Type.String({ minLength: 1, description: "of clients' certificates, PEM file" }),
    ),
    tlsClients: Type.Array(Type.String({ pattern: grantedPattern('[A-Za-z].*=.+') }), {
      default: [],
      description: 'whom certificates let in, SUBJECT=ROLE; separated by semicolons',
    }),
    socketMode: Type.String({
      pattern: '^0?[0-7]{3}$',
      default: '0660',
      description: 'who may connect the unix socket, octal',
    }),
    socketGroup: Type.Optional(
      Type.String({ pattern: `^${accountPattern}$`, description: 'group of the unix socket' }),
    ),
    socketPeers: Type.Array(Type.String({ pattern: grantedPattern(`@?${accountPattern}`) }), {
      default: [],
      description: 'whom the unix socket lets in, USER=ROLE or @GROUP=ROLE; separated by commas',
    }),
    metricsAccess: Type.Enum(['viewer', 'anyone'], {
      default: 'viewer',
      description: 'who may read /metrics',
    }),
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
    migrationDestinations: Type.Array(Type.String({ minLength: 1, maxLength: 500 }), {
      default: [],
      description: 'where operators may move VMs, libvirt URIs; separated by commas',
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

/** Variables of the environment that are no settings: where the settings file is, and what clients of the service read. */
const otherVariables = new Set([
  'VIRTWARDEN_API_URL',
  'VIRTWARDEN_CONFIG',
  'VIRTWARDEN_TOKEN',
  'VIRTWARDEN_TOKEN_FILE',
]);

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
  migrationDestinations: (text) => text.split(','),
  socketPeers: (text) => text.split(','),
  tlsClients: splitSubjects,
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
  checkTogether(complete);
  return { ...complete, adminTokenFile: complete.adminTokenFile ?? `${complete.stateDir}/admin.token` };
}

import { roles, type Role } from '../access/grant.js';
import { auditedOffline } from '../audit/offline.js';
import Value from 'typebox/value';
import { type Token, type TokenCreated, type TokenInput, TokenName } from '../schemas/token.js';
import { TokenStore } from '../state/tokens.js';
import { CommandError } from './exit.js';
import { print, warn } from './output.js';
import { onService } from './reach.js';
import { type TokenArguments, tokenArguments } from './settings.js';

const unitMs: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `30d`, `12h`, `15m` from now, or a time as RFC 3339 has it. @throws CommandError */
function parseExpiry(text: string): string {
  const [, count, unit = ''] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  const at = count === undefined ? Date.parse(text) : Date.now() + Number(count) * (unitMs[unit] ?? NaN);
  const isTime = count !== undefined || /^\d{4}-\d\d-\d\dT.+(Z|[+-]\d\d:\d\d)$/i.test(text);
  if (isTime && !Number.isNaN(at)) return new Date(at).toISOString();
  throw new CommandError(
    'wrongUse',
    `"${text}" is neither 30d, 12h or 15m nor a time such as 2030-01-31T12:00:00Z.`,
  );
}

function demandRole(role: string | undefined): Role {
  const found = roles.find((one) => one === role);
  if (found) return found;
  throw new CommandError('wrongUse', `token create needs --role, one of ${roles.join(', ')}.`);
}

const isTokenName = (name: string): boolean => Value.Check(TokenName, name);

function inputOf(name: string, { role, trust, expires }: TokenArguments): TokenInput {
  if (!isTokenName(name))
    throw new CommandError('wrongUse', `"${name}" is no name of a token: letters, digits and _.@- make one.`);
  return {
    name,
    role: demandRole(role),
    trust,
    ...(expires !== undefined && { expiresAt: parseExpiry(expires) }),
  };
}

async function create(command: TokenArguments, name: string): Promise<void> {
  const input = inputOf(name, command);
  const made = await onService<TokenCreated>(
    command,
    (ask) => ask('POST', '/v1/tokens', input),
    (stateDir) =>
      auditedOffline(stateDir, { action: 'token create', path: '/v1/tokens', asked: input }, async () =>
        (await TokenStore.open(stateDir)).create(input),
      ),
  );
  if (command.json) print(made, true);
  else {
    warn(`the token of ${made.name}, which is not shown again:`);
    console.log(made.token);
  }
}

function lineOf({ id, name, role, trust, createdAt, expiresAt, expired, lastUsedAt }: Token): string {
  const until = expiresAt === undefined ? 'no end' : `${expired ? 'expired' : 'until'} ${expiresAt}`;
  const used = lastUsedAt === undefined ? 'never used' : `last used ${lastUsedAt}`;
  return [`${name} ${role}${trust ? '+trust' : ''}`, `made ${createdAt}`, until, used, id].join(', ');
}

async function list(command: TokenArguments): Promise<void> {
  const { items } = await onService<{ items: Token[] }>(
    command,
    (ask) => ask('GET', '/v1/tokens'),
    async (stateDir) => ({ items: (await TokenStore.open(stateDir)).list() }),
  );
  if (command.json) print(items, true);
  else for (const token of items) console.log(lineOf(token));
}

async function revoke(command: TokenArguments, which: string): Promise<void> {
  await onService<unknown>(
    command,
    (ask) => ask('DELETE', `/v1/tokens/${encodeURIComponent(which)}`),
    (stateDir) =>
      auditedOffline(stateDir, { action: 'token revoke', path: `/v1/tokens/${which}` }, async () =>
        (await TokenStore.open(stateDir)).revoke(which),
      ),
  );
  if (!command.json) warn(`the token ${which} is revoked.`);
}

/** `virtwarden token create NAME --role ROLE [--trust] [--expires WHEN] | list | revoke NAME|ID`. @throws CommandError, SettingsError, Problem */
export async function token(args: string[]): Promise<void> {
  const command = tokenArguments(args);
  const [verb, name, ...more] = command.positionals;
  if (verb === 'create' && name !== undefined && more.length === 0) return create(command, name);
  if (verb === 'list' && name === undefined) return list(command);
  if (verb === 'revoke' && name !== undefined && more.length === 0) return revoke(command, name);
  throw new CommandError('wrongUse', 'token wants create NAME --role ROLE, list, or revoke NAME.');
}

import { roles, type Role } from '../access/grant.js';
import { auditedOffline } from '../audit/offline.js';
import Value from 'typebox/value';
import { type Token, type TokenCreated, type TokenInput, TokenName } from '../schemas/token.js';
import { TokenStore } from '../state/tokens.js';
import { answerOf } from './client.js';
import { CommandError } from './exit.js';
import { parseExpiry } from './expiry.js';
import { print, warn } from './output.js';
import { onService } from './reach.js';
import { clientArguments } from './settings.js';

const tokenArguments = (args: string[]) =>
  clientArguments(args, {
    role: { type: 'string' },
    trust: { type: 'boolean' },
    expires: { type: 'string' },
  });
type TokenArguments = ReturnType<typeof tokenArguments>;

function demandRole(role: string | undefined): Role {
  const found = roles.find((one) => one === role);
  if (found) return found;
  throw new CommandError('wrongUse', `token create needs --role, one of ${roles.join(', ')}.`);
}

const isTokenName = (name: string): boolean => Value.Check(TokenName, name);

function inputOf(name: string, { flags: { role, trust = false, expires } }: TokenArguments): TokenInput {
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
    (api) => answerOf(api.POST('/v1/tokens', { body: input })),
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
    (api) => answerOf(api.GET('/v1/tokens')),
    async (stateDir) => ({ items: (await TokenStore.open(stateDir)).list() }),
  );
  if (command.json) print(items, true);
  else for (const token of items) console.log(lineOf(token));
}

async function revoke(command: TokenArguments, which: string): Promise<void> {
  await onService<unknown>(
    command,
    (api) => answerOf(api.DELETE('/v1/tokens/{id}', { params: { path: { id: which } } })),
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

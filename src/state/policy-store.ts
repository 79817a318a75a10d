import { EventEmitter } from 'node:events';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { Mutex } from 'async-mutex';
import { SettingsError } from '../settings-error.js';
import { ConfigPatch, configKeys, defaultPolicy, type Policy } from '../schemas/config.js';
import { writeFileAtomic } from './atomic-file.js';

const fileName = 'config.json';
const validate = new Ajv({ strict: false }).compile<ConfigPatch>(ConfigPatch);

/** Checks a part of the policy. @returns what is wrong with it, or undefined */
export function whyInvalid(patch: unknown): string | undefined {
  if (validate(patch)) return undefined;
  const { instancePath = '', message = 'is invalid', keyword, params } = validate.errors?.[0] ?? {};
  if (keyword === 'additionalProperties') {
    return `${(params as { additionalProperty: string }).additionalProperty} is not a key of the configuration`;
  }
  const field = instancePath.slice(1);
  return field ? `${field} is wrong: it ${message}` : `it ${message}`;
}

function read(path: string): ConfigPatch {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new SettingsError(`The configuration ${path} cannot be read: ${(error as Error).message}.`);
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new SettingsError(`The configuration ${path} is not JSON: ${(error as Error).message}.`);
  }
  const wrong = whyInvalid(parsed);
  if (wrong !== undefined) throw new SettingsError(`The configuration ${path} cannot be used: ${wrong}.`);
  return parsed as ConfigPatch;
}

interface PolicyEvents {
  /** The policy that is in force now, and which of its values are others. */
  changed: [policy: Policy, keys: (keyof Policy)[]];
}

const differing = (a: Policy, b: Policy): (keyof Policy)[] =>
  configKeys.filter((key) => JSON.stringify(a[key]) !== JSON.stringify(b[key]));

/**
 * The policy, as it is on disk: what an administrator has set, and the defaults of this version for the rest. Only the
 * holder of the state directory's lock changes it.
 */
export class PolicyStore extends EventEmitter<PolicyEvents> {
  readonly #changes = new Mutex();
  readonly #path: string | undefined;
  #set: ConfigPatch;
  #current: Policy;

  private constructor(path: string | undefined, set: ConfigPatch) {
    super();
    this.#path = path;
    this.#set = set;
    this.#current = { ...defaultPolicy(), ...set };
  }

  /**
   * Reads `config.json` of the state directory, which need not be there.
   * @throws SettingsError when it cannot be read, or is wrong
   */
  static open(stateDir: string): PolicyStore {
    const path = join(stateDir, fileName);
    return new PolicyStore(path, read(path));
  }

  /** A policy that is nowhere but in memory. */
  static inMemory(set: ConfigPatch = {}): PolicyStore {
    return new PolicyStore(undefined, set);
  }

  /** The policy of this moment. It is not changed in place: who keeps it sees no change, and while nothing changes it is the same. */
  get current(): Policy {
    return this.#current;
  }

  /**
   * Changes a part of the policy. It is on disk, whole or not at all, before it is in force; changes happen one by one.
   * @param check looks at the policy as it is when it is this change's turn, and throws to refuse
   * @returns the policy after this change
   */
  async change(patch: ConfigPatch, check?: (current: Policy) => void | Promise<void>): Promise<Policy> {
    return this.#changes.runExclusive(async () => {
      const before = this.current;
      await check?.(before);
      const set = { ...this.#set, ...patch };
      if (this.#path !== undefined)
        await writeFileAtomic(this.#path, `${JSON.stringify(set, null, 2)}\n`, 0o600);
      this.#set = set;
      this.#current = { ...defaultPolicy(), ...set };
      const keys = differing(before, this.current);
      if (keys.length > 0) this.emit('changed', this.current, keys);
      return this.current;
    });
  }

  /** Removes what a kill has left of unfinished changes. The caller has the directory's lock. */
  static tidy(stateDir: string): void {
    for (const name of readdirSync(stateDir)) {
      if (name.startsWith(`${fileName}.`) && name.endsWith('.tmp'))
        rmSync(join(stateDir, name), { force: true });
    }
  }
}

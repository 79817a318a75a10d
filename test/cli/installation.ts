import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import { Cli } from '../helpers/cli.js';

export interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** A state directory, and commands that know of it. */
export function installation(t: Test) {
  const directory = mkdtempSync(join(tmpdir(), 'virtwarden-')); // short enough for a socket
  t.teardown(() => rmSync(directory, { recursive: true }));
  writeFileSync(join(directory, 'virtwarden.json'), '{}');
  const env = {
    VIRTWARDEN_CONFIG: join(directory, 'virtwarden.json'),
    VIRTWARDEN_URI: 'test:///default',
    VIRTWARDEN_LISTEN: `unix:${directory}/sock`,
    VIRTWARDEN_STATE_DIR: `${directory}/state`,
  };
  const start = (args: string[], more: Record<string, string> = {}): Cli =>
    new Cli(args, { ...env, ...more });
  /** Runs a command to its end. */
  const run = async (args: string[], more: Record<string, string> = {}): Promise<Outcome> => {
    const cli = start(args, more);
    return { code: await cli.end(), stdout: cli.stdout, stderr: cli.stderr };
  };
  const serve = async (more: Record<string, string> = {}): Promise<Cli> => {
    const cli = start(['serve'], more);
    t.teardown(async () => {
      cli.child.kill('SIGKILL');
      await cli.end();
    });
    await cli.says('admin token');
    return cli;
  };
  const stored = (name: string): unknown => JSON.parse(readFileSync(`${directory}/state/${name}`, 'utf8'));
  return { directory, run, serve, start, stored };
}

import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Test } from 'tap';
import { CommandError } from '../../src/cli/exit.js';

/** A request that was sent: `POST /v1/vms`, and its body. */
export type Asked = [line: string, body?: unknown];
type Answer = [status: number, body?: unknown];
type Command = (args: string[]) => Promise<void>;

/** Runs a command in this process. @returns its exit code, and what it has printed */
async function inProcess(command: Command, args: string[]) {
  const { log, error: complain } = console;
  const printed = { stdout: '', stderr: '' };
  console.log = (line: string) => (printed.stdout += `${line}\n`);
  console.error = (line: string) => (printed.stderr += `${line}\n`);
  try {
    await command(args);
    return { code: process.exitCode ?? 0, ...printed };
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return { code: error.exitCode, ...printed, stderr: error.message };
  } finally {
    Object.assign(console, { log, error: complain });
    process.exitCode = undefined;
  }
}

/**
 * A command, before a service that gives the answers that it is told, one after the other, and keeps what it was asked: for what a
 * command sends and shows, not for what a service does.
 */
export async function standIn(t: Test, command: Command) {
  const directory = mkdtempSync(join(tmpdir(), 'virtwarden-')); // short enough for a socket
  t.teardown(() => rmSync(directory, { recursive: true }));
  const path = join(directory, 'sock');
  const config = join(directory, 'virtwarden.json');
  writeFileSync(config, '{}');
  Object.assign(process.env, {
    VIRTWARDEN_CONFIG: config,
    VIRTWARDEN_LISTEN: `unix:${path}`,
    VIRTWARDEN_TOKEN: 'vw_any',
  });
  const asked: Asked[] = [];
  const answers: Answer[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const line = `${request.method} ${request.url}`;
      asked.push(body === '' ? [line] : [line, JSON.parse(body)]);
      const [status, answer] = answers.shift() ?? [500];
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(answer === undefined ? undefined : JSON.stringify(answer));
    });
  });
  await once(server.listen(path), 'listening');
  t.teardown(() => server.close());
  /** Runs the command, and gives also what it asked meanwhile. */
  const told = async (args: string[], ...given: Answer[]) => {
    answers.splice(0, Infinity, ...given);
    asked.splice(0);
    const outcome = await inProcess(command, args);
    return { ...outcome, asked: [...asked] };
  };
  return { directory, told };
}

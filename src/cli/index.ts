#!/usr/bin/env node
import { SettingsError } from '../settings-error.js';
import { Problem } from '../errors.js';
import { serve } from '../server.js';
import { version } from '../version.js';
import { config } from './config.js';
import { CommandError, exitCode, RefusedError } from './exit.js';
import { enforcement } from './enforcement.js';
import { health } from './health.js';
import { nic } from './nic.js';
import { nwfilter } from './nwfilter.js';
import { serveArguments } from './settings.js';
import { token } from './token.js';
import { usage } from './usage.js';
import { vm } from './vm.js';

async function main(args: string[]): Promise<void> {
  const [command, ...rest] = args;
  if (args.includes('--help') || args.includes('-h')) console.log(usage());
  else if (command === '--version') console.log(version);
  else if (command === 'serve') await serve(serveArguments(rest));
  else if (command === 'config') await config(rest);
  else if (command === 'nwfilter') await nwfilter(rest);
  else if (command === 'enforcement') await enforcement(rest);
  else if (command === 'vm') await vm(rest);
  else if (command === 'nic') await nic(rest);
  else if (command === 'token') await token(rest);
  else if (command === 'health') await health(rest);
  else {
    throw new SettingsError(
      command === undefined ? 'A command is needed.' : `There is no command "${command}".`,
    );
  }
}

function exitCodeOf(error: unknown): number {
  if (error instanceof CommandError) return error.exitCode;
  const wrongUse =
    error instanceof SettingsError ||
    (error instanceof Problem && error.status < 500) ||
    String((error as NodeJS.ErrnoException).code).startsWith('ERR_PARSE_ARGS');
  return wrongUse ? exitCode.wrongUse : 1;
}

/** What to do about faults of the machine whose own words do not say it. */
const advice: Partial<Record<string, string>> = {
  EADDRINUSE: 'perhaps the service runs already; --listen takes another address',
  EACCES: 'the service runs as root, or with --state-dir naming a directory of its own',
};

main(process.argv.slice(2)).catch((error: unknown) => {
  process.exitCode = exitCodeOf(error);
  const { message, code } = error as NodeJS.ErrnoException;
  const what = advice[code ?? ''];
  console.error(`virtwarden: ${message}${what === undefined ? '' : ` (${what})`}`);
  if (process.exitCode === exitCode.wrongUse && !(error instanceof RefusedError))
    console.error('Try: virtwarden --help');
  process.exit();
});

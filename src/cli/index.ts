#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { flagName, loadSettings, settingNames, SettingsError, SettingsSchema, envName } from '../config.js';
import { serve } from '../server.js';
import { version } from '../version.js';

const exit = { wrongUse: 2 } as const;

function usage(): string {
  const settings = settingNames.map((name) => {
    const { description, default: byDefault } = SettingsSchema.properties[name] as {
      description?: string;
      default?: string | string[];
    };
    const value = byDefault === undefined ? '' : ` [${[byDefault].flat().join(':')}]`;
    return `  --${flagName(name).padEnd(18)} ${envName(name).padEnd(27)} ${description ?? ''}${value}`;
  });
  return [
    'usage: virtwarden serve [--SETTING VALUE ...]   run the service',
    '       virtwarden --version | --help',
    '',
    'Settings of serve: a flag, an environment variable, or a key of the settings file',
    '(--config FILE or VIRTWARDEN_CONFIG, else /etc/virtwarden/virtwarden.json):',
    ...settings,
  ].join('\n');
}

async function main(args: string[]): Promise<void> {
  const [command, ...rest] = args;
  if (command === '--help' || command === '-h') console.log(usage());
  else if (command === '--version') console.log(version);
  else if (command === 'serve') {
    const options = Object.fromEntries(
      ['config', ...settingNames.map(flagName)].map((name) => [name, { type: 'string' as const }]),
    );
    const { values } = parseArgs({ args: rest, options });
    await serve(loadSettings(process.env, values));
  } else {
    throw new SettingsError(
      command === undefined ? 'A command is needed.' : `There is no command "${command}".`,
    );
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  const wrongUse =
    error instanceof SettingsError ||
    String((error as NodeJS.ErrnoException).code).startsWith('ERR_PARSE_ARGS');
  console.error(`virtwarden: ${(error as Error).message}`);
  if (wrongUse) console.error('Try: virtwarden --help');
  process.exitCode = wrongUse ? exit.wrongUse : 1;
  process.exit();
});

import type { Enforcement, HostEnforcement } from '../schemas/enforcement.js';
import { answerOf } from './client.js';
import { CommandError, exitCode } from './exit.js';
import { finished, waitSeconds } from './operation.js';
import { print } from './output.js';
import { throughService } from './reach.js';
import { clientArguments } from './settings.js';

/** What is shown of a NIC that is not enforced, for a person. */
export const lineOf = ({ vmName, nic, port, status, findings }: Enforcement): string =>
  [
    `${vmName} ${nic}${port === undefined ? '' : ` (${port})`}: ${status}`,
    ...findings.map(({ code, detail, remedy }) => `  ${code}: ${detail} To mend it: ${remedy}.`),
  ].join('\n');

function show({ counts, nics, findings }: HostEnforcement): void {
  const counted = Object.entries(counts).filter(([, count]) => count > 0);
  console.log(counted.map(([status, count]) => `${status}=${count}`).join('\n') || 'no NICs');
  for (const nic of nics) if (nic.status !== 'inactive') console.log(lineOf(nic));
  for (const { code, detail, remedy } of findings) console.log(`${code}: ${detail} To mend it: ${remedy}.`);
}

/**
 * `virtwarden enforcement [--repair]`: what the kernel enforces, NIC by NIC; with --repair it is put right before.
 * @throws CommandError, SettingsError
 */
export async function enforcement(args: string[]): Promise<void> {
  const command = clientArguments(args, { repair: { type: 'boolean' } });
  if (command.positionals.length > 0)
    throw new CommandError('wrongUse', 'enforcement takes --repair and no names.');
  const host = await throughService(command, async (api) => {
    if (command.flags.repair) {
      const query = { wait: waitSeconds };
      await finished(api, await answerOf(api.POST('/v1/enforcement/repair', { params: { query } })));
    }
    return answerOf(api.GET('/v1/enforcement'));
  });
  if (command.json) print(host, true);
  else show(host);
  if (host.counts.drifted > 0 || host.counts.unknown > 0) process.exitCode = exitCode.found;
}

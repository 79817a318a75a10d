import type { Enforcement, HostEnforcement } from '../schemas/enforcement.js';
import type { Operation } from '../schemas/operation.js';
import { CommandError, exitCode } from './exit.js';
import { print } from './output.js';
import { onService } from './reach.js';
import { enforcementArguments } from './settings.js';

/** How long one request waits for the repair, seconds: the most that the service takes. */
const waitSeconds = 50;

const down = (): never => {
  throw new CommandError('unreachable', 'No service runs here: nobody can tell.');
};

/** What is shown of a NIC that is not enforced, for a person. */
const lineOf = ({ vmName, nic, port, status, findings }: Enforcement): string =>
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
  const { repair, ...command } = enforcementArguments(args);
  if (command.positionals.length > 0)
    throw new CommandError('wrongUse', 'enforcement takes --repair and no names.');
  if (repair) {
    let operation = await onService<Operation>(
      command,
      (ask) => ask('POST', `/v1/enforcement/repair?wait=${waitSeconds}`),
      down,
    );
    while (operation.status === 'running') {
      const { id } = operation;
      operation = await onService<Operation>(
        command,
        (ask) => ask('GET', `/v1/operations/${id}?wait=${waitSeconds}`),
        down,
      );
    }
    if (operation.problem) throw new CommandError('found', operation.problem.detail);
  }
  const host = await onService<HostEnforcement>(command, (ask) => ask('GET', '/v1/enforcement'), down);
  if (command.json) print(host, true);
  else show(host);
  if (host.counts.drifted > 0 || host.counts.unknown > 0) process.exitCode = exitCode.found;
}

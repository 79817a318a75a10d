import type { Schemas } from '../client/index.js';
import { answerOf } from './client.js';
import { lineOf } from './enforcement.js';
import { exitCode } from './exit.js';
import { nicCells, nicHead } from './nic-cells.js';
import { print } from './output.js';
import { throughService } from './reach.js';
import { clientArguments } from './settings.js';
import { printColumns, printTable } from './table.js';
import { demandNames } from './verbs.js';

/** `nic list VM`. */
export async function list(args: string[]): Promise<void> {
  const command = clientArguments(args, {});
  const [vm] = demandNames('nic list', command, 'VM');
  const { items } = await throughService(command, (api) =>
    answerOf(api.GET('/v1/vms/{vm}/nics', { params: { path: { vm } } })),
  );
  if (command.json) print(items, true);
  else printTable(nicHead, items.map(nicCells));
}

function describe(nic: Schemas['Nic']): void {
  const { model, filterOrigin, filterParameters, trust } = nic;
  printColumns([
    ...nicCells(nic).map((cell, at) => [nicHead[at]?.toLowerCase() ?? '', cell]),
    ...(model === undefined ? [] : [['model', model]]),
    ['origin', filterOrigin],
    ...filterParameters.map(({ name, value }) => ['parameter', `${name}=${value}`]),
    ...(trust === undefined ? [] : [['trust', [trust.reason, trust.expiresAt ?? 'no end'].join(', ')]]),
  ]);
}

/** `nic show VM MAC`. */
export async function show(args: string[]): Promise<void> {
  const command = clientArguments(args, {});
  const [vm, mac] = demandNames('nic show', command, 'VM', 'MAC');
  const nic = await throughService(command, (api) =>
    answerOf(api.GET('/v1/vms/{vm}/nics/{mac}', { params: { path: { vm, mac } } })),
  );
  if (command.json) print(nic, true);
  else describe(nic);
}

/** `nic enforcement VM MAC [--repair]`: whether the kernel enforces its filters; exit code 1 when it does not, or nobody knows. */
export async function enforcement(args: string[]): Promise<void> {
  const command = clientArguments(args, { repair: { type: 'boolean' } });
  const [vm, mac] = demandNames('nic enforcement', command, 'VM', 'MAC');
  const params = { path: { vm, mac } };
  const verdict = await throughService(command, (api) =>
    answerOf(
      command.flags.repair
        ? api.POST('/v1/vms/{vm}/nics/{mac}/enforcement/repair', { params })
        : api.GET('/v1/vms/{vm}/nics/{mac}/enforcement', { params }),
    ),
  );
  if (command.json) print(verdict, true);
  else
    console.log(`${lineOf(verdict)}\n  ${verdict.rules.length} rules, ${verdict.drops.total} frames dropped`);
  if (verdict.status === 'drifted' || verdict.status === 'unknown') process.exitCode = exitCode.found;
}

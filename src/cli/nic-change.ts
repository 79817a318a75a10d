import type { Schemas } from '../client/index.js';
import { withoutAbsent } from './body.js';
import { answerOf } from './client.js';
import { CommandError } from './exit.js';
import { nicCells } from './nic-cells.js';
import { filteringFlags, filteringOf } from './nic-filtering.js';
import { finished, showOperation, waitSeconds } from './operation.js';
import { print, warn } from './output.js';
import { throughService } from './reach.js';
import { clientArguments } from './settings.js';
import { printColumns } from './table.js';
import { demandNames } from './verbs.js';

type Nic = Schemas['Nic'];
type NicInput = Schemas['NicInput'];
type Operation = Schemas['Operation'];

function showNic(nic: Nic, json: boolean): void {
  if (json) print(nic, true);
  else printColumns([nicCells(nic)]);
}

function sourceOf(bridge: string | undefined, network: string | undefined): NicInput['source'] {
  if (bridge !== undefined && network === undefined) return { type: 'bridge', bridge };
  if (network !== undefined && bridge === undefined) return { type: 'network', network };
  throw new CommandError('wrongUse', 'nic plug wants --bridge BRIDGE or --network NETWORK.');
}

/** `nic plug VM --bridge BRIDGE|--network NETWORK …`. */
export async function plug(args: string[]): Promise<void> {
  const command = clientArguments(args, {
    ...filteringFlags,
    bridge: { type: 'string' },
    network: { type: 'string' },
    mac: { type: 'string' },
    model: { type: 'string' },
  });
  const [vm] = demandNames('nic plug', command, 'VM');
  const { bridge, network, mac, model } = command.flags;
  // Which models there are is the service's to say.
  const chosen = { source: sourceOf(bridge, network), mac, model: model as NicInput['model'] };
  const body = { ...withoutAbsent(chosen), ...filteringOf(command.flags) };
  const params = { path: { vm } };
  const nic = await throughService(command, (api) =>
    answerOf(api.POST('/v1/vms/{vm}/nics', { params, body })),
  );
  showNic(nic, command.json);
}

/** `nic update VM MAC …`: what is not named stays. */
export async function update(args: string[]): Promise<void> {
  const command = clientArguments(args, filteringFlags);
  const [vm, mac] = demandNames('nic update', command, 'VM', 'MAC');
  const body = filteringOf(command.flags);
  if (Object.keys(body).length === 0)
    throw new CommandError('wrongUse', 'nic update wants --link, --filter, --no-filters or --parameter.');
  const params = { path: { vm, mac } };
  const nic = await throughService(command, (api) =>
    answerOf(api.PATCH('/v1/vms/{vm}/nics/{mac}', { params, body })),
  );
  showNic(nic, command.json);
}

/** `nic unplug VM MAC [--wait]`: a guest that runs has to let go of it. */
export async function unplug(args: string[]): Promise<void> {
  const command = clientArguments(args, { wait: { type: 'boolean' } });
  const [vm, mac] = demandNames('nic unplug', command, 'VM', 'MAC');
  const { wait } = command.flags;
  const operation = await throughService(command, async (api) => {
    const params = { path: { vm, mac }, query: wait ? { wait: waitSeconds } : {} };
    // Of a VM that is off it is gone at once, without an operation.
    const begun = await answerOf<Operation | undefined>(api.DELETE('/v1/vms/{vm}/nics/{mac}', { params }));
    return begun && wait ? finished(api, begun) : begun;
  });
  if (operation) showOperation(operation, command.json);
  else if (!command.json) warn(`the NIC ${mac} is unplugged.`);
}

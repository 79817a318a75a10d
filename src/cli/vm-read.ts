import type { Schemas, VirtwardenClient } from '../client/index.js';
import { answerOf } from './client.js';
import { nicCells } from './nic-cells.js';
import { print } from './output.js';
import { throughService } from './reach.js';
import { clientArguments } from './settings.js';
import { printColumns, printTable } from './table.js';
import { demandNames } from './verbs.js';

type Vm = Schemas['Vm'];

/** All VMs that a query finds, page by page. */
async function allVms(api: VirtwardenClient, query: { state?: Vm['state']; name?: string }): Promise<Vm[]> {
  const found: Vm[] = [];
  let cursor: string | undefined;
  do {
    const params = { query: { ...query, limit: 1000, cursor } };
    const page: Schemas['VmList'] = await answerOf(api.GET('/v1/vms', { params }));
    found.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return found;
}

const cellsOf = ({ name, state, memoryMiB, vcpus, nics, uuid }: Vm): string[] => [
  name,
  state,
  `${memoryMiB} MiB`,
  String(vcpus),
  String(nics.length),
  uuid,
];

/** `vm list [--state STATE] [--name NAME]`. */
export async function list(args: string[]): Promise<void> {
  const command = clientArguments(args, { state: { type: 'string' }, name: { type: 'string' } });
  demandNames('vm list', command);
  // Which states there are is the service's to say.
  const { state, name } = command.flags as { state?: Vm['state']; name?: string };
  const vms = await throughService(command, (api) => allVms(api, { state, name }));
  if (command.json) print(vms, true);
  else printTable(['NAME', 'STATE', 'MEMORY', 'VCPUS', 'NICS', 'UUID'], vms.map(cellsOf));
}

const diskCells = ({ device, target = '-', path, pool = '-', volume = '-' }: Schemas['Disk']): string[] => [
  device,
  target,
  path ?? `${pool}/${volume}`,
];

function describe(vm: Vm): void {
  printColumns([
    ['name', vm.name],
    ['uuid', vm.uuid],
    ['state', vm.state],
    ['memory', `${vm.memoryMiB} MiB`],
    ['vcpus', String(vm.vcpus)],
    ['type', [vm.virtType, vm.arch, vm.machine, vm.firmware].filter((part) => part !== undefined).join(' ')],
    ['autostart', vm.autostart ? 'yes' : 'no'],
    ...(vm.description === undefined ? [] : [['description', vm.description]]),
    ...(vm.boot === undefined ? [] : [['kernel', vm.boot.kernel]]),
  ]);
  printColumns(vm.disks.map(diskCells));
  printColumns(vm.nics.map((nic) => ['nic', ...nicCells(nic)]));
}

/** `vm show VM`. */
export async function show(args: string[]): Promise<void> {
  const command = clientArguments(args, {});
  const [vm] = demandNames('vm show', command, 'VM');
  const found = await throughService(command, (api) =>
    answerOf(api.GET('/v1/vms/{vm}', { params: { path: { vm } } })),
  );
  if (command.json) print(found, true);
  else describe(found);
}

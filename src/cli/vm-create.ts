import type { Schemas } from '../client/index.js';
import { readObject, wholeNumber, withoutAbsent } from './body.js';
import { answerOf } from './client.js';
import { CommandError } from './exit.js';
import { throughService } from './reach.js';
import { clientArguments } from './settings.js';
import { showState } from './vm-power.js';

type VmInput = Schemas['VmInput'];

const createArguments = (args: string[]) =>
  clientArguments(args, {
    file: { type: 'string' },
    memory: { type: 'string' },
    vcpus: { type: 'string' },
    description: { type: 'string' },
    bridge: { type: 'string', multiple: true },
    network: { type: 'string', multiple: true },
    disk: { type: 'string', multiple: true },
    cdrom: { type: 'string' },
    kernel: { type: 'string' },
    initrd: { type: 'string' },
    cmdline: { type: 'string' },
    autostart: { type: 'boolean' },
    start: { type: 'boolean' },
  });
type Flags = ReturnType<typeof createArguments>['flags'];

function bootOf({ kernel, initrd, cmdline }: Flags): VmInput['boot'] {
  if (kernel !== undefined) return withoutAbsent({ kernel, initrd, cmdline });
  if (initrd === undefined && cmdline === undefined) return undefined;
  throw new CommandError('wrongUse', '--initrd and --cmdline go with --kernel.');
}

function nicsOf({ bridge = [], network = [] }: Flags): VmInput['nics'] {
  const sources = [
    ...bridge.map((name) => ({ type: 'bridge' as const, bridge: name })),
    ...network.map((name) => ({ type: 'network' as const, network: name })),
  ];
  return sources.length > 0 ? sources.map((source) => ({ source })) : undefined;
}

/** What flags say of a VM, which goes before what a file says. */
const fromFlags = (name: string | undefined, flags: Flags): Partial<VmInput> =>
  withoutAbsent({
    name,
    memoryMiB: wholeNumber('--memory', flags.memory),
    vcpus: wholeNumber('--vcpus', flags.vcpus),
    description: flags.description,
    autostart: flags.autostart,
    start: flags.start,
    boot: bootOf(flags),
    disks: flags.disk?.map((path) => ({ path })),
    cdrom: flags.cdrom === undefined ? undefined : { path: flags.cdrom },
    nics: nicsOf(flags),
  });

/** `vm create NAME --memory MIB [--bridge BRIDGE] …` or `vm create [NAME] --file FILE|-`. */
export async function create(args: string[]): Promise<void> {
  const { flags, ...command } = createArguments(args);
  const [name, ...more] = command.positionals;
  const { file, memory } = flags;
  if (more.length > 0 || (file === undefined && (name === undefined || memory === undefined)))
    throw new CommandError('wrongUse', 'vm create wants NAME and --memory MIB, or --file FILE.');
  const body = { ...(file !== undefined && (await readObject(file))), ...fromFlags(name, flags) } as VmInput;
  const vm = await throughService(command, (api) => answerOf(api.POST('/v1/vms', { body })));
  showState(vm, command.json);
}

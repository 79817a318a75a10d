import { randomUUID } from 'node:crypto';
import { fieldProblem } from '../errors.js';
import type { VmInput } from '../schemas/vm.js';
import type { GuestPlatform } from '../xml/capabilities.js';
import type { DomainSpec } from '../xml/domain-build.js';
import { emptyRecord } from '../xml/metadata.js';
import type { VmContext } from './context.js';
import { checkCdrom, planDisk, type PlannedDisk } from './disks.js';
import { allowedFile, type FilePlaces } from './files.js';
import { demandName } from './names.js';
import { choosePlatform } from './platform.js';
import { seedPathIn } from './seed-path.js';
import type { PlannedVolume } from './new-volume.js';

/** A new VM, its NICs not yet in it, and what is to be made for it. */
export interface MachinePlan {
  spec: DomainSpec;
  volumes: PlannedVolume[];
}

async function checkBoot(boot: VmInput['boot'], places: FilePlaces): Promise<DomainSpec['boot']> {
  if (!boot) return undefined;
  return {
    kernel: await allowedFile(boot.kernel, places, '/boot/kernel'),
    ...(boot.initrd !== undefined && { initrd: await allowedFile(boot.initrd, places, '/boot/initrd') }),
    ...(boot.cmdline !== undefined && { cmdline: boot.cmdline }),
  };
}

/** UEFI where it was asked for, and where machines have nothing else to boot a disk with. @throws Problem firmware-unavailable */
function chooseFirmware({ arch, firmwares }: GuestPlatform, { firmware, boot }: VmInput): 'bios' | 'efi' {
  const x86 = arch === 'x86_64' || arch === 'i686';
  if (firmware === 'efi' && !firmwares.includes('efi')) {
    const hint = x86 ? ' (Debian: ovmf)' : '';
    throw fieldProblem('firmware-unavailable', '/firmware', `is efi, of which the host has no image${hint}`);
  }
  if (firmware !== undefined) return firmware;
  return !x86 && !boot && firmwares.includes('efi') ? 'efi' : 'bios';
}

function demandAtMost(input: VmInput, what: 'memoryMiB' | 'vcpus', max: 'maxMemoryMiB' | 'maxVcpus'): number {
  const value = input[what] ?? 1;
  const most = input[max] ?? value;
  if (most < value)
    throw fieldProblem('invalid-request', `/${max}`, `must be at least ${what}, which is ${value}`);
  return most;
}

async function planDisks(context: VmContext, input: VmInput, uuid: string): Promise<PlannedDisk[]> {
  const planned: PlannedDisk[] = [];
  for (const [i, disk] of (input.disks ?? []).entries()) {
    // part of the UUID: a volume of that name is nobody else's, also after a crash between its record and its making
    const name = `${input.name}-${i}-${uuid.slice(0, 8)}`;
    planned.push(await planDisk(context, disk, name, `/disks/${i}`));
  }
  return planned;
}

/** Checks everything about the request that needs the host, the NICs apart, and changes nothing. @throws Problem */
export async function planMachine(context: VmContext, input: VmInput): Promise<MachinePlan> {
  const { connection, imageDirs } = context;
  demandName(input.name);
  const uuid = randomUUID();
  const disks = await planDisks(context, input, uuid);
  const volumes = disks.flatMap(({ volume }) => volume ?? []);
  const platform = await choosePlatform(connection, input.virtType);
  const [imageDir = ''] = imageDirs;
  return {
    spec: {
      ...platform,
      uuid,
      name: input.name,
      description: input.description,
      memoryMiB: input.memoryMiB,
      maxMemoryMiB: demandAtMost(input, 'memoryMiB', 'maxMemoryMiB'),
      vcpus: input.vcpus ?? 1,
      maxVcpus: demandAtMost(input, 'vcpus', 'maxVcpus'),
      firmware: chooseFirmware(platform, input),
      boot: await checkBoot(input.boot, context),
      disks: disks.map(({ disk }) => disk),
      cdrom: input.cdrom && (await checkCdrom(context, input.cdrom, '/cdrom')),
      seed: input.cloudInit && seedPathIn(imageDir, uuid),
      interfaces: [],
      record: {
        ...emptyRecord(),
        createdAt: new Date().toISOString(),
        ...(input.compatibilityVersion !== undefined && { compatibilityVersion: input.compatibilityVersion }),
        volumes: volumes.map(({ pool, spec }) => ({ pool, volume: spec.name })),
      },
    },
    volumes,
  };
}

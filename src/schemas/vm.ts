import Type, { type Static } from 'typebox';
import { CloudInitInput } from './cloud-init.js';
import { CompatibilityVersion } from './config.js';
import { CdromInput, Disk, DiskInput } from './disk.js';
import { Nic, NicInput } from './nic.js';
import { ref } from './ref.js';
import { HostPath, PrintableText } from './text.js';

export const VmName = Type.String({
  minLength: 1,
  maxLength: 64,
  pattern: '^[A-Za-z0-9][A-Za-z0-9_.+@-]*$',
  description: 'unique on the host; not in the form of a UUID',
});

export const BootInput = Type.Object(
  {
    kernel: HostPath('a kernel image in an allowed directory'),
    initrd: Type.Optional(HostPath('an initial RAM disk in an allowed directory')),
    cmdline: Type.Optional(PrintableText(2048, "the kernel's command line")),
  },
  { $id: 'BootInput', additionalProperties: false },
);

const MemoryMiB = (description?: string) =>
  Type.Integer({ minimum: 16, maximum: 16 * 1024 * 1024, ...(description !== undefined && { description }) });
const Vcpus = (description?: string) =>
  Type.Integer({ minimum: 1, maximum: 512, ...(description !== undefined && { description }) });
const Description = PrintableText(1024, 'free text');
const Autostart = Type.Boolean({ description: 'start the VM when the host starts' });

export const VmInput = Type.Object(
  {
    name: VmName,
    memoryMiB: MemoryMiB(),
    maxMemoryMiB: Type.Optional(
      MemoryMiB('what memory can grow to while the VM runs; memoryMiB when absent'),
    ),
    description: Type.Optional(Description),
    vcpus: Type.Optional(Vcpus('1 when absent')),
    maxVcpus: Type.Optional(Vcpus('what vcpus can grow to while the VM runs; vcpus when absent')),
    virtType: Type.Optional(
      Type.Enum(['kvm', 'qemu'], { description: 'kvm where the host has it, else qemu (emulation)' }),
    ),
    autostart: Type.Optional(Autostart),
    start: Type.Optional(Type.Boolean({ default: false, description: 'run the VM once it is defined' })),
    firmware: Type.Optional(
      Type.Enum(['bios', 'efi'], {
        description: 'bios when absent, on machines that have none efi; efi is UEFI without Secure Boot',
      }),
    ),
    compatibilityVersion: Type.Optional(CompatibilityVersion),
    boot: Type.Optional(ref(BootInput)),
    disks: Type.Optional(Type.Array(ref(DiskInput), { maxItems: 16 })),
    cdrom: Type.Optional(ref(CdromInput)),
    cloudInit: Type.Optional(ref(CloudInitInput)),
    nics: Type.Optional(Type.Array(ref(NicInput), { maxItems: 16 })),
  },
  { $id: 'VmInput', additionalProperties: false },
);
export type VmInput = Static<typeof VmInput>;

export const VmPatch = Type.Object(
  {
    name: Type.Optional(VmName),
    memoryMiB: Type.Optional(MemoryMiB()),
    vcpus: Type.Optional(Vcpus()),
    autostart: Type.Optional(Autostart),
    description: Type.Optional(
      Type.Union([Description, Type.Null()], { description: 'free text; null: none' }),
    ),
    compatibilityVersion: Type.Optional(
      Type.Union([CompatibilityVersion, Type.Null()], {
        description: 'the compatibility level of the VM; null: that of the cluster',
      }),
    ),
  },
  { $id: 'VmPatch', additionalProperties: false, minProperties: 1 },
);
export type VmPatch = Static<typeof VmPatch>;

export const VmState = Type.Enum([
  'running',
  'paused',
  'shutdown',
  'shutoff',
  'crashed',
  'pmsuspended',
  'blocked',
]);
export type VmState = Static<typeof VmState>;

export const Vm = Type.Object(
  {
    uuid: Type.String({ format: 'uuid' }),
    name: Type.String(),
    description: Type.Optional(Type.String()),
    state: VmState,
    persistent: Type.Boolean({ description: 'false: gone once it stops' }),
    autostart: Type.Boolean(),
    memoryMiB: Type.Integer({
      description:
        'while the VM runs: what its balloon leaves it, which follows a change as the guest gives way',
    }),
    maxMemoryMiB: Type.Integer({ description: 'what memory can grow to while the VM runs' }),
    vcpus: Type.Integer(),
    maxVcpus: Type.Integer({ description: 'what vcpus can grow to while the VM runs' }),
    virtType: Type.String({ examples: ['kvm', 'qemu'] }),
    arch: Type.Optional(Type.String()),
    machine: Type.Optional(Type.String()),
    firmware: Type.Optional(Type.String({ examples: ['bios', 'efi'] })),
    compatibilityVersion: Type.Optional(
      Type.String({ description: 'the compatibility level of this VM; absent: that of the cluster' }),
    ),
    boot: Type.Optional(
      Type.Object({
        kernel: Type.String(),
        initrd: Type.Optional(Type.String()),
        cmdline: Type.Optional(Type.String()),
      }),
    ),
    disks: Type.Array(ref(Disk)),
    nics: Type.Array(ref(Nic)),
    cloudInit: Type.Optional(
      Type.Object(
        { present: Type.Boolean() },
        { description: 'the VM has a cloud-init seed; what is in it is a secret and not shown' },
      ),
    ),
    createdAt: Type.Optional(Type.String({ format: 'date-time' })),
  },
  { $id: 'Vm' },
);
export type Vm = Static<typeof Vm>;

export const VmList = Type.Object(
  { items: Type.Array(ref(Vm)), nextCursor: Type.Optional(Type.String()) },
  { $id: 'VmList' },
);

/** As much of a VM as who watches many of them wants often. */
export const VmSummary = Type.Object(
  { uuid: Type.String(), name: Type.String(), state: VmState },
  { $id: 'VmSummary' },
);
export type VmSummary = Static<typeof VmSummary>;
export const VmSummaryList = Type.Object({ items: Type.Array(ref(VmSummary)) }, { $id: 'VmSummaryList' });

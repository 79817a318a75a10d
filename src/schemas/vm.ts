import Type, { type Static } from 'typebox';
import { Nic, NicInput } from './nic.js';
import { ref } from './ref.js';

/** No control characters: these texts go into XML. */
const PrintableText = (maxLength: number, description: string) =>
  Type.String({
    minLength: 1,
    maxLength,
    pattern: '^[^\\u0000-\\u001f\\u007f\\ufffe\\uffff]*$',
    description,
  });
const HostPath = (description: string) =>
  Type.String({ minLength: 2, maxLength: 4096, pattern: '^/[^\\u0000-\\u001f\\u007f]+$', description });

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

export const DiskInput = Type.Object(
  {
    path: Type.Optional(HostPath('an image in an allowed directory')),
    pool: Type.Optional(PrintableText(255, 'a storage pool, with volume')),
    volume: Type.Optional(PrintableText(255, 'a volume of the pool')),
    format: Type.Optional(
      Type.Enum(['raw', 'qcow2'], { description: 'of the image at path; qcow2 when absent' }),
    ),
    readOnly: Type.Optional(Type.Boolean({ default: false })),
  },
  { $id: 'DiskInput', additionalProperties: false, description: 'either path, or pool and volume' },
);
export type DiskInput = Static<typeof DiskInput>;

export const CdromInput = Type.Object(
  {
    path: Type.Optional(HostPath('an ISO file in an allowed directory')),
    pool: Type.Optional(PrintableText(255, 'a storage pool, with volume')),
    volume: Type.Optional(PrintableText(255, 'a volume of the pool')),
  },
  { $id: 'CdromInput', additionalProperties: false, description: 'either path, or pool and volume' },
);

export const VmInput = Type.Object(
  {
    name: VmName,
    memoryMiB: Type.Integer({ minimum: 16, maximum: 16 * 1024 * 1024 }),
    description: Type.Optional(PrintableText(1024, 'free text')),
    vcpus: Type.Optional(Type.Integer({ minimum: 1, maximum: 512, default: 1 })),
    virtType: Type.Optional(
      Type.Enum(['kvm', 'qemu'], { description: 'kvm where the host has it, else qemu (emulation)' }),
    ),
    autostart: Type.Optional(
      Type.Boolean({ default: false, description: 'start the VM when the host starts' }),
    ),
    start: Type.Optional(Type.Boolean({ default: false, description: 'run the VM once it is defined' })),
    boot: Type.Optional(ref(BootInput)),
    disks: Type.Optional(Type.Array(ref(DiskInput), { maxItems: 16 })),
    cdrom: Type.Optional(ref(CdromInput)),
    nics: Type.Optional(Type.Array(ref(NicInput), { maxItems: 16 })),
  },
  { $id: 'VmInput', additionalProperties: false },
);
export type VmInput = Static<typeof VmInput>;

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

export const Disk = Type.Object(
  {
    device: Type.String({ examples: ['disk', 'cdrom'] }),
    target: Type.Optional(Type.String({ examples: ['vda'] })),
    bus: Type.Optional(Type.String()),
    format: Type.Optional(Type.String()),
    path: Type.Optional(Type.String()),
    pool: Type.Optional(Type.String()),
    volume: Type.Optional(Type.String()),
    readOnly: Type.Boolean(),
  },
  { $id: 'Disk' },
);

export const Vm = Type.Object(
  {
    uuid: Type.String({ format: 'uuid' }),
    name: Type.String(),
    description: Type.Optional(Type.String()),
    state: VmState,
    persistent: Type.Boolean({ description: 'false: gone once it stops' }),
    autostart: Type.Boolean(),
    memoryMiB: Type.Integer(),
    vcpus: Type.Integer(),
    virtType: Type.String({ examples: ['kvm', 'qemu'] }),
    arch: Type.Optional(Type.String()),
    machine: Type.Optional(Type.String()),
    firmware: Type.Optional(Type.String({ examples: ['bios', 'efi'] })),
    boot: Type.Optional(
      Type.Object({
        kernel: Type.String(),
        initrd: Type.Optional(Type.String()),
        cmdline: Type.Optional(Type.String()),
      }),
    ),
    disks: Type.Array(ref(Disk)),
    nics: Type.Array(ref(Nic)),
    createdAt: Type.Optional(Type.String({ format: 'date-time' })),
  },
  { $id: 'Vm' },
);
export type Vm = Static<typeof Vm>;

export const VmList = Type.Object(
  { items: Type.Array(ref(Vm)), nextCursor: Type.Optional(Type.String()) },
  { $id: 'VmList' },
);

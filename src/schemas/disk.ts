import Type, { type Static } from 'typebox';
import { ref } from './ref.js';
import { HostPath, PrintableText } from './text.js';

const SizeGiB = Type.Integer({ minimum: 1, maximum: 65_536 });
const Pool = PrintableText(255, 'a storage pool');
const Volume = PrintableText(255, 'a volume of the pool');

export const DiskInput = Type.Object(
  {
    path: Type.Optional(
      HostPath('an image in an allowed directory, which stands on nothing but images there'),
    ),
    pool: Type.Optional(Pool),
    volume: Type.Optional(Volume),
    sizeGiB: Type.Optional(SizeGiB),
    backing: Type.Optional(
      Type.Object(
        { pool: Pool, volume: Volume },
        {
          additionalProperties: false,
          description:
            'the volume that a new one begins as a copy of; only what differs is written, so it must not be changed any more',
        },
      ),
    ),
    format: Type.Optional(
      Type.Enum(['raw', 'qcow2'], {
        description: 'of the image at path, or of the new volume; qcow2 when absent and the pool holds files',
      }),
    ),
    readOnly: Type.Optional(Type.Boolean({ default: false })),
  },
  {
    $id: 'DiskInput',
    additionalProperties: false,
    description:
      'one of: path; pool and volume (one that exists); pool and sizeGiB (a new one, which belongs to the VM)',
  },
);
export type DiskInput = Static<typeof DiskInput>;

export const CdromInput = Type.Object(
  {
    path: Type.Optional(HostPath('an ISO file in an allowed directory')),
    pool: Type.Optional(Pool),
    volume: Type.Optional(Volume),
  },
  { $id: 'CdromInput', additionalProperties: false, description: 'either path, or pool and volume' },
);

const diskMembers = {
  device: Type.String({ examples: ['disk', 'cdrom'] }),
  target: Type.Optional(Type.String({ examples: ['vda'] })),
  bus: Type.Optional(Type.String()),
  format: Type.Optional(Type.String()),
  path: Type.Optional(Type.String()),
  pool: Type.Optional(Type.String()),
  volume: Type.Optional(Type.String()),
  readOnly: Type.Boolean(),
};

export const Disk = Type.Object(diskMembers, { $id: 'Disk' });

export const SizedDisk = Type.Object(
  {
    ...diskMembers,
    sizeGiB: Type.Optional(
      Type.Number({ description: 'as the guest sees it; absent: it is no volume of a pool' }),
    ),
    allocatedGiB: Type.Optional(Type.Number({ description: 'what it takes of its pool' })),
    owned: Type.Boolean({ description: 'it was made for this VM, and can be deleted with it' }),
  },
  { $id: 'SizedDisk' },
);
export type SizedDisk = Static<typeof SizedDisk>;

export const SizedDiskList = Type.Object({ items: Type.Array(ref(SizedDisk)) }, { $id: 'SizedDiskList' });

export const DiskPatch = Type.Object(
  { sizeGiB: SizeGiB },
  { $id: 'DiskPatch', additionalProperties: false, description: 'a disk only ever grows' },
);

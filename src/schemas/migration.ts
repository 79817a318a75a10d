import Type, { type Static } from 'typebox';
import { enforcementStatuses } from './enforcement.js';

/** Where a VM is to go, and how. */
export const MigrateInput = Type.Object(
  {
    destinationUri: Type.String({
      minLength: 1,
      maxLength: 500,
      description:
        "of libvirt on the destination, as it is reached from here; with peerToPeer as this host's libvirtd reaches it",
      examples: ['qemu+tls://kvm2.example.org/system'],
    }),
    destinationUrl: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 500,
        pattern: '^https?://',
        description:
          "of the destination's virtwarden. With it the VM runs there only when that has seen its filters in the kernel; without it, when libvirt there says that it has made them",
        examples: ['https://kvm2.example.org:7480'],
      }),
    ),
    destinationToken: Type.Optional(
      Type.String({
        pattern: '^[\\x21-\\x7e]{1,500}$',
        writeOnly: true,
        description: "a token of the destination's virtwarden, of the role operator",
      }),
    ),
    live: Type.Optional(
      Type.Boolean({
        default: true,
        description: 'whether the guest runs on meanwhile; a VM that is off is moved as it is',
      }),
    ),
    postCopy: Type.Optional(
      Type.Boolean({
        default: false,
        description:
          'let the guest run on the destination before all of its memory is there: it ends whatever the guest does, and cannot be taken back once it has begun',
      }),
    ),
    peerToPeer: Type.Optional(
      Type.Boolean({
        default: false,
        description: "let this host's libvirtd talk to the destination's, instead of this service",
      }),
    ),
    tls: Type.Optional(
      Type.Boolean({
        default: false,
        description: "encrypt what QEMU sends to QEMU, with the certificates of libvirt's qemu.conf",
      }),
    ),
    bandwidthMiBps: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 1_000_000, description: 'at most so many MiB a second' }),
    ),
    maxDowntimeMs: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 2_000_000,
        description: "for how long the guest may stand still at the end; QEMU's 300 ms when absent",
      }),
    ),
    copyStorage: Type.Optional(
      Type.Enum(['none', 'all', 'incremental'], {
        default: 'none',
        description:
          'copy local disks, too: all of them, or what stands on a backing file that the destination has. Their files must be there',
      }),
    ),
    replaceFilters: Type.Optional(
      Type.Boolean({
        default: false,
        description: 'replace filters of the destination that say something else under the same name',
      }),
    ),
  },
  { $id: 'MigrateInput', additionalProperties: false },
);
export type MigrateInput = Static<typeof MigrateInput>;

const Bytes = Type.Integer({ minimum: 0 });

/** How a migration gets on. */
export const Migration = Type.Object(
  {
    destinationUri: Type.String(),
    where: Type.Enum(['source', 'destination', 'unknown'], {
      description: 'where the VM is: it is never in two places at once',
    }),
    memoryTotalBytes: Type.Optional(Bytes),
    memoryRemainingBytes: Type.Optional(Bytes),
    diskTotalBytes: Type.Optional(Bytes),
    diskRemainingBytes: Type.Optional(Bytes),
    bytesPerSecond: Type.Optional(Bytes),
    iteration: Type.Optional(
      Type.Integer({ minimum: 0, description: 'how often it was gone through the memory' }),
    ),
    elapsedMs: Type.Optional(Type.Integer({ minimum: 0 })),
    downtimeMs: Type.Optional(
      Type.Integer({
        minimum: 0,
        description: 'for how long the guest stood still, or, while it goes on, is expected to',
      }),
    ),
    nics: Type.Optional(
      Type.Array(
        Type.Object({
          mac: Type.String(),
          status: Type.Enum([...enforcementStatuses]),
        }),
        {
          description:
            'the verdicts on the destination; unknown where only its libvirt was asked, which does not know the kernel',
        },
      ),
    ),
  },
  { $id: 'Migration', description: "libvirt's figures of a migration, and what came of it" },
);
export type Migration = Static<typeof Migration>;

export const migrationSchemas = [Migration, MigrateInput];

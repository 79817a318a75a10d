import Type, { type Static } from 'typebox';
import { backends } from '../kernel/snapshot.js';
import { ref } from './ref.js';

/** Codes of rights that the service may be without. */
export const lackCodes = [
  'net-admin',
  'kernel-unreadable',
  'libvirt-socket',
  'state-unwritable',
  'image-directory-unreadable',
  'images-unreadable',
  'seeds-unwritable',
] as const;

export const HostLack = Type.Object(
  {
    code: Type.Enum([...lackCodes], { description: 'does not change' }),
    detail: Type.String({
      description: 'sentences: what the service may not do, what does not work without it, what would help',
    }),
  },
  { $id: 'HostLack' },
);
export type HostLack = Static<typeof HostLack>;

export const BaseFilter = Type.Object(
  { name: Type.String(), present: Type.Boolean() },
  { $id: 'BaseFilter', description: "a filter of libvirt's packages that the service's own are made of" },
);

/** The host as the service finds it, at the moment of asking. What only libvirt knows is absent while it is away. */
export const Host = Type.Object(
  {
    name: Type.Optional(Type.String({ description: "the host's name, as libvirt has it" })),
    connection: Type.Object({
      uri: Type.String(),
      state: Type.Enum(['connected', 'disconnected']),
      failure: Type.Optional(Type.String({ description: 'why the last attempt to connect failed' })),
    }),
    versions: Type.Object({
      virtwarden: Type.String(),
      kernel: Type.String(),
      libvirt: Type.Optional(Type.String({ description: "of libvirt's daemon", examples: ['9.0.0'] })),
      hypervisor: Type.Optional(Type.String({ description: "QEMU's", examples: ['7.2.0'] })),
    }),
    driver: Type.Optional(Type.String({ description: 'of libvirt', examples: ['QEMU'] })),
    virtTypes: Type.Optional(
      Type.Array(Type.String({ examples: ['kvm'] }), { description: 'what VMs of this host can be' }),
    ),
    nwfilterBackend: Type.Optional(
      Type.Enum([...backends], {
        description:
          'what libvirt makes rules with: as the running NICs say, else what the tools of ebtables go over; absent while the kernel cannot be read',
      }),
    ),
    baseFilters: Type.Optional(Type.Array(ref(BaseFilter))),
    lacks: Type.Array(ref(HostLack), {
      description: 'rights that the service is without, and what does not work because of it',
    }),
  },
  { $id: 'Host' },
);
export type Host = Static<typeof Host>;

export const hostSchemas = [HostLack, BaseFilter, Host];

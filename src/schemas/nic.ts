import Type, { type Static } from 'typebox';
import { ref } from './ref.js';

/** Six octets; unicast and not all zero, which a pattern can say of the second digit and the whole. */
export const MacAddress = Type.String({
  pattern: '^(?!00:00:00:00:00:00$)[0-9a-fA-F][02468aceACE](:[0-9a-fA-F]{2}){5}$',
  description: 'unicast MAC address',
  examples: ['52:54:00:12:34:56'],
});

const name = (description: string) =>
  Type.String({ minLength: 1, maxLength: 15, pattern: '^[A-Za-z0-9_.-]+$', description });

/** libvirt's interface types that it filters (a network only when it stands on a bridge). */
export const filterableTypes = ['bridge', 'network', 'ethernet'] as const;
/** On these libvirt drops a filter at define without a word, and the VM would run open. */
export const unfilterableTypes = ['direct', 'hostdev', 'user', 'vhostuser', 'vdpa', 'mcast'] as const;

/** Where a NIC that the service makes is plugged: only kinds that libvirt filters. */
export const NicSourceInput = Type.Object(
  {
    type: Type.Enum([...filterableTypes, ...unfilterableTypes], {
      description: `${filterableTypes.join(', ')}; the others are known, cannot be filtered and are refused`,
    }),
    bridge: Type.Optional(name('a Linux bridge of the host, for type bridge')),
    network: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 255,
        description: 'a libvirt network on a bridge, for type network',
      }),
    ),
  },
  { $id: 'NicSourceInput', additionalProperties: false },
);

export const NicInput = Type.Object(
  {
    source: ref(NicSourceInput),
    mac: Type.Optional(MacAddress),
    model: Type.Optional(Type.Enum(['virtio', 'e1000', 'e1000e', 'rtl8139'], { default: 'virtio' })),
    linkState: Type.Optional(Type.Enum(['up', 'down'], { default: 'up' })),
  },
  { $id: 'NicInput', additionalProperties: false },
);
export type NicInput = Static<typeof NicInput>;

export const Nic = Type.Object(
  {
    mac: Type.String(),
    source: Type.Object({
      type: Type.String({ description: "libvirt's interface type" }),
      bridge: Type.Optional(Type.String()),
      network: Type.Optional(Type.String()),
      virtualport: Type.Optional(Type.String({ examples: ['openvswitch'] })),
    }),
    model: Type.Optional(Type.String()),
    target: Type.Optional(Type.String({ description: 'the tap device, while the VM runs' })),
    linkState: Type.Enum(['up', 'down']),
    filters: Type.Array(Type.String(), { description: 'the network filters of the NIC' }),
    filterParameters: Type.Array(Type.Object({ name: Type.String(), value: Type.String() })),
  },
  { $id: 'Nic' },
);
export type Nic = Static<typeof Nic>;

import Type, { type Static } from 'typebox';
import { FilterName } from './config.js';
import { ref } from './ref.js';
import { PrintableText } from './text.js';

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
    network: Type.Optional(PrintableText(255, 'a libvirt network on a bridge, for type network')),
  },
  { $id: 'NicSourceInput', additionalProperties: false },
);

/** By libvirt's own rules for what it puts into rules. */
export const FilterParameter = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 64, pattern: '^[A-Za-z0-9_]+$' }),
    value: Type.String({ minLength: 1, maxLength: 256, pattern: '^[A-Za-z0-9_.:]+$' }),
  },
  {
    $id: 'FilterParameter',
    additionalProperties: false,
    description: 'a name may be repeated: several values',
  },
);
export const FilterParameterList = Type.Array(ref(FilterParameter), { maxItems: 64 });

/** Why a NIC may go without a filter. */
export const NicTrust = Type.Object(
  {
    reason: PrintableText(255, 'for those who will ask'),
    expiresAt: Type.Optional(
      Type.String({
        format: 'date-time',
        description:
          'from then on the NIC has again what it had before it was trusted; a new one the default filters',
      }),
    ),
  },
  { $id: 'NicTrust', additionalProperties: false },
);

const LinkState = Type.Enum(['up', 'down']);
const Filters = Type.Array(FilterName, {
  maxItems: 16,
  uniqueItems: true,
  description: "absent: the policy's default; empty: none, which needs trust; several: all of them, in order",
});

export const NicInput = Type.Object(
  {
    source: ref(NicSourceInput),
    mac: Type.Optional(MacAddress),
    allowDuplicateMac: Type.Optional(
      Type.Boolean({ default: false, description: 'another VM may have this mac, too' }),
    ),
    model: Type.Optional(Type.Enum(['virtio', 'e1000', 'e1000e', 'rtl8139'], { default: 'virtio' })),
    linkState: Type.Optional(Type.Enum(['up', 'down'], { default: 'up' })),
    filters: Type.Optional(Filters),
    filterParameters: Type.Optional(FilterParameterList),
    trust: Type.Optional(ref(NicTrust)),
  },
  { $id: 'NicInput', additionalProperties: false },
);
export type NicInput = Static<typeof NicInput>;

/** What is absent stays as it is. */
export const NicPatch = Type.Object(
  {
    linkState: Type.Optional(LinkState),
    filters: Type.Optional(Filters),
    filterParameters: Type.Optional(FilterParameterList),
    trust: Type.Optional(ref(NicTrust)),
  },
  { $id: 'NicPatch', additionalProperties: false },
);
export type NicPatch = Static<typeof NicPatch>;

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
    linkState: LinkState,
    filters: Type.Array(Type.String(), { description: 'the network filters of the NIC, in order' }),
    filterOrigin: Type.Enum(['default', 'explicit', 'none'], {
      description: 'whether the policy or a person chose the filters; none: none is wanted, or possible',
    }),
    filterParameters: Type.Array(Type.Object({ name: Type.String(), value: Type.String() })),
    synced: Type.Boolean({ description: 'false: a fresh start of the VM would give the NIC another filter' }),
    trust: Type.Optional(ref(NicTrust)),
  },
  { $id: 'Nic' },
);
export type Nic = Static<typeof Nic>;

export const NicList = Type.Object({ items: Type.Array(ref(Nic)) }, { $id: 'NicList' });
export const FilterParameters = Type.Object(
  { items: FilterParameterList },
  { $id: 'FilterParameters', additionalProperties: false },
);
const Counter = Type.Integer({ minimum: 0 });
export const NicStatistics = Type.Object(
  {
    rxBytes: Counter,
    rxPackets: Counter,
    rxErrs: Counter,
    rxDrop: Counter,
    txBytes: Counter,
    txPackets: Counter,
    txErrs: Counter,
    txDrop: Counter,
  },
  { $id: 'NicStatistics', description: 'as the guest sees it: rx is what it has received' },
);

import Type, { type Static, type TOptional } from 'typebox';
import { type DropClass, dropClasses } from '../drops/sources.js';
import { backends } from '../kernel/snapshot.js';
import { nativeTables, tables } from '../nwfilter/rules/model.js';
import { ref } from './ref.js';

export const EnforcementFinding = Type.Object(
  {
    code: Type.String({ description: 'does not change', examples: ['chain-differs'] }),
    detail: Type.String({ description: 'a sentence: what was found, and where' }),
    remedy: Type.String({ description: 'what would mend it' }),
  },
  { $id: 'EnforcementFinding' },
);

const Count = Type.Integer({ minimum: 0 });

export const enforcementStatuses = [
  'enforced',
  'unfiltered',
  'drifted',
  'unenforceable',
  'inactive',
  'unknown',
] as const;
export type EnforcementStatus = (typeof enforcementStatuses)[number];

export const EnforcementRule = Type.Object(
  {
    table: Type.Enum([...tables, ...nativeTables], {
      description: "libvirt_nwfilter_…: of libvirt's own backend for nftables, in the family bridge",
    }),
    chain: Type.String(),
    text: Type.String(),
    verdict: Type.String({ examples: ['return'] }),
    packets: Type.Optional(Count),
    bytes: Type.Optional(Count),
  },
  {
    $id: 'EnforcementRule',
    description: 'a rule as the kernel has it, with what has matched it where it counts',
  },
);

const NameAndValue = Type.Object({ name: Type.String(), value: Type.String() });

export const EnforcementDrops = Type.Object(
  {
    ...(Object.fromEntries(dropClasses.map((kind) => [kind, Type.Optional(Count)])) as Record<
      DropClass,
      TOptional<typeof Count>
    >),
    total: Count,
  },
  {
    $id: 'EnforcementDrops',
    description:
      'frames of the guest that were dropped, by what they lied about, since the NIC has its tap or the service runs; classes without any are left out',
  },
);

/** Whether a NIC is protected, at the moment of asking. */
export const Enforcement = Type.Object(
  {
    vm: Type.String({ format: 'uuid' }),
    vmName: Type.String(),
    nic: Type.String({ description: 'its MAC address' }),
    port: Type.Optional(Type.String({ description: 'the tap device, while the VM runs' })),
    status: Type.Enum([...enforcementStatuses], {
      description:
        'enforced: the kernel has all of the rules; unfiltered: none by choice or policy; drifted: wanted, and not wholly in the kernel; unenforceable: libvirt cannot filter this type; inactive: no tap now; unknown: the kernel could not be read',
    }),
    desired: Type.Array(Type.String(), { description: 'the filters that the NIC is to have, in order' }),
    domain: Type.Optional(
      Type.Object(
        { filters: Type.Array(Type.String()), parameters: Type.Array(NameAndValue) },
        { description: "the filterref of the VM's live XML" },
      ),
    ),
    binding: Type.Optional(
      Type.Object(
        {
          vm: Type.String(),
          mac: Type.String(),
          filters: Type.Array(Type.String()),
          parameters: Type.Array(NameAndValue),
        },
        { description: "libvirt's own record of the filter on the port" },
      ),
    ),
    backend: Type.Optional(
      Type.Enum([...backends], { description: "what libvirt makes the NIC's rules with" }),
    ),
    rules: Type.Array(ref(EnforcementRule), {
      description: 'what the kernel has for this NIC, in its own chains',
    }),
    drops: ref(EnforcementDrops),
    dropsPartial: Type.Optional(
      Type.Boolean({
        description:
          "true where libvirt's rules do not count, as those of its own backend for nftables without enable_counters: then only what the guard dropped is known",
      }),
    ),
    findings: Type.Array(ref(EnforcementFinding), { description: 'each disagreement' }),
    checkedAt: Type.String({ format: 'date-time' }),
  },
  { $id: 'Enforcement' },
);
export type Enforcement = Static<typeof Enforcement>;

export const HostEnforcement = Type.Object(
  {
    counts: Type.Object(
      Object.fromEntries(enforcementStatuses.map((status) => [status, Count])) as Record<
        EnforcementStatus,
        typeof Count
      >,
      { description: 'how many NICs have which status' },
    ),
    nics: Type.Array(ref(Enforcement), { description: 'those that are not enforced' }),
    findings: Type.Array(ref(EnforcementFinding), {
      description: 'what is wrong with the host and belongs to no NIC',
    }),
    backend: Type.Optional(Type.Enum([...backends], { description: 'what libvirt makes rules with' })),
    checkedAt: Type.String({ format: 'date-time' }),
  },
  { $id: 'HostEnforcement' },
);
export type HostEnforcement = Static<typeof HostEnforcement>;

export const enforcementSchemas = [
  EnforcementFinding,
  EnforcementRule,
  EnforcementDrops,
  Enforcement,
  HostEnforcement,
];

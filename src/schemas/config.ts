import Type, { type Static } from 'typebox';
import Value from 'typebox/value';

/** The newest compatibility level, which a new installation has. */
export const newestCompatibilityVersion = '4.8';

const majorMinor = { maxLength: 16, pattern: '^\\d+\\.\\d+$' };
export const CompatibilityVersion = Type.String({
  ...majorMinor,
  description: 'a compatibility level, "major.minor", compared as numbers',
  examples: [newestCompatibilityVersion],
});

/** A name that libvirt's schema takes for a filter, and that is safe as the name of its file. */
export const FilterName = Type.String({
  minLength: 1,
  maxLength: 200,
  pattern: '^[A-Za-z_][A-Za-z0-9_.-]*$',
  description: 'the name of a network filter',
  examples: ['vdsm-no-mac-spoofing'],
});

const filterList = { minItems: 1, maxItems: 16, uniqueItems: true };

const switches = {
  EnableMACAntiSpoofingFilterRules: Type.Boolean({
    default: true,
    description: 'whether NICs get the default filters',
  }),
  ClusterCompatibilityVersion: Type.String({
    ...majorMinor,
    default: newestCompatibilityVersion,
    description: 'the level of VMs that have none of their own; default filters need 3.2 or above',
  }),
  DefaultFilters: Type.Array(FilterName, {
    ...filterList,
    default: ['vdsm-no-mac-spoofing'],
    description: 'the filters of a NIC for which none are named',
  }),
  IngressGuard: Type.Boolean({
    default: true,
    description: 'whether filtered NICs also have a guard of the service at the ingress of their tap',
  }),
  reconcile: Type.Enum(['report', 'repair'], {
    default: 'repair',
    description: 'whether NICs whose filters are found not to be in force are put right, or only told of',
  }),
};

/** The policy, under the names that oVirt's engine-config made known. */
export const Config = Type.Object(switches, { $id: 'Config', additionalProperties: false });
export type Policy = Static<typeof Config>;

/** Any part of the policy; what is absent stays. */
export const ConfigPatch = Type.Object(
  {
    EnableMACAntiSpoofingFilterRules: Type.Optional(Type.Boolean()),
    ClusterCompatibilityVersion: Type.Optional(CompatibilityVersion),
    DefaultFilters: Type.Optional(Type.Array(FilterName, filterList)),
    IngressGuard: Type.Optional(Type.Boolean()),
    reconcile: Type.Optional(Type.Enum(['report', 'repair'])),
  },
  { $id: 'ConfigPatch', additionalProperties: false },
);
export type ConfigPatch = Static<typeof ConfigPatch>;

/** The answer to a change. */
export const ConfigChange = Type.Object(
  {
    ...switches,
    outOfSyncNics: Type.Optional(
      Type.Integer({
        minimum: 0,
        description:
          'running NICs whose live filter is not what a fresh start would give; absent when libvirt cannot be asked now',
      }),
    ),
  },
  { $id: 'ConfigChange' },
);
export type ConfigChange = Static<typeof ConfigChange>;

export const configKeys = Object.keys(switches) as (keyof Policy)[];
export const defaultPolicy = (): Policy => Value.Create(Config);

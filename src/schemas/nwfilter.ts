import Type, { type Static } from 'typebox';
import { chainPattern, type FilterEntry, priorities } from '../nwfilter/model.js';
import { FilterName } from './config.js';
import { FilterParameter } from './nic.js';
import { coverageSchemas, NwfilterCoverage } from './nwfilter-coverage.js';
import { NwfilterCheck } from './nwfilter-check.js';
import { previewSchemas } from './nwfilter-preview.js';
import { NwfilterRule, ruleSchemas } from './nwfilter-rule.js';
import { ref } from './ref.js';

const NwfilterReference = Type.Object(
  {
    ref: Type.Unsafe<string>({ ...FilterName, description: 'the name of a filter whose rules come here' }),
    parameters: Type.Optional(
      Type.Array(ref(FilterParameter), {
        description: 'values for its variables; a name may be repeated: several values',
      }),
    ),
  },
  { $id: 'NwfilterReference', additionalProperties: false },
);

const Entry = Type.Unsafe<FilterEntry>({ anyOf: [ref(NwfilterReference), ref(NwfilterRule)] });

const head = {
  chain: Type.String({
    pattern: chainPattern,
    default: 'root',
    description: 'root, or a chain of its own: a protocol, and whatever one likes behind it',
    examples: ['root', 'arp-mac'],
  }),
  priority: Type.Integer({
    minimum: priorities.min,
    maximum: priorities.max,
    description: "of the chain: the lowest comes first; libvirt's own for the kind of chain when absent",
  }),
};

/** A filter as a caller gives it. */
export const NwfilterInput = Type.Object(
  {
    name: FilterName,
    uuid: Type.Optional(Type.String({ format: 'uuid', description: 'libvirt makes one when absent' })),
    chain: Type.Optional(head.chain),
    priority: Type.Optional(head.priority),
    entries: Type.Array(Entry, { maxItems: 1000 }),
  },
  { $id: 'NwfilterInput', additionalProperties: false },
);

export const NwfilterUser = Type.Object(
  {
    vm: Type.String({ format: 'uuid' }),
    nic: Type.String({ description: 'its MAC address' }),
    port: Type.Optional(Type.String({ description: 'its tap, while the VM runs' })),
  },
  { $id: 'NwfilterUser' },
);

export const Nwfilter = Type.Object(
  {
    name: Type.String(),
    uuid: Type.String({ format: 'uuid' }),
    chain: Type.String(),
    priority: Type.Integer({ description: 'of the chain' }),
    entries: Type.Array(Entry, { description: 'in order' }),
    parameters: Type.Array(Type.String(), {
      description: 'the variables that a NIC must give for the filter and all that it refers to',
    }),
    references: Type.Array(Type.String(), { description: 'the filters that it refers to, each once' }),
    referencedBy: Type.Array(Type.String(), { description: 'the filters that refer to it' }),
    usedBy: Type.Array(ref(NwfilterUser), {
      description: 'the NICs, running or only defined, whose rules it is part of',
    }),
    managed: Type.Boolean({
      description: 'it comes with the service, and can be neither changed nor deleted',
    }),
    minimumCompatibilityVersion: Type.String({ examples: ['3.6'] }),
    coverage: Type.Optional(ref(NwfilterCoverage)),
  },
  { $id: 'Nwfilter' },
);
export type Nwfilter = Static<typeof Nwfilter>;

export const NwfilterList = Type.Object(
  { items: Type.Array(ref(Nwfilter)), nextCursor: Type.Optional(Type.String()) },
  { $id: 'NwfilterList' },
);
export type NwfilterList = Static<typeof NwfilterList>;

export const NwfilterBinding = Type.Object(
  {
    port: Type.String({ description: 'the tap' }),
    vm: Type.String({ format: 'uuid' }),
    vmName: Type.String(),
    mac: Type.String(),
    filters: Type.Array(Type.String(), { description: 'as on the NIC: the list, in order' }),
    parameters: Type.Array(ref(FilterParameter), { description: 'what libvirt puts in itself included' }),
  },
  { $id: 'NwfilterBinding' },
);
export type NwfilterBinding = Static<typeof NwfilterBinding>;

export const NwfilterBindingList = Type.Object(
  { items: Type.Array(ref(NwfilterBinding)), nextCursor: Type.Optional(Type.String()) },
  { $id: 'NwfilterBindingList' },
);

export const nwfilterSchemas = [
  ...ruleSchemas,
  ...coverageSchemas,
  NwfilterReference,
  NwfilterInput,
  NwfilterUser,
  Nwfilter,
  NwfilterList,
  NwfilterCheck,
  NwfilterBinding,
  NwfilterBindingList,
  ...previewSchemas,
];

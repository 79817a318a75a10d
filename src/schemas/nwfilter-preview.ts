import Type, { type Static } from 'typebox';
import { actions } from '../nwfilter/model.js';
import { tables, verdicts } from '../nwfilter/rules/model.js';
import { MacAddress } from './nic.js';
import { ref } from './ref.js';

const Value = Type.String({ minLength: 1, maxLength: 256, pattern: '^[A-Za-z0-9_.:]+$' });
/** One value, or several when the parameter is repeated. */
const OneOrMore = (options: { description?: string; examples?: string[] } = {}) =>
  Type.Union([Value, Type.Array(Value, { minItems: 1, maxItems: 64 })], options);
const Values = (description: string, examples: string[]) =>
  Type.Optional(OneOrMore({ description, examples }));

/** A NIC that might be: its MAC address, and any variable by its name. */
export const PreviewQuery = Type.Object(
  {
    mac: Type.Optional({
      ...MacAddress,
      default: '52:54:00:00:00:01',
      description: "the NIC's MAC address, the variable MAC",
    }),
    IP: Values('its IPv4 addresses', ['10.0.0.1']),
    IPV6: Values('its IPv6 addresses', ['fe80::1']),
    DHCPSERVER: Values('the DHCP servers that it may hear', ['10.0.0.2']),
  },
  { additionalProperties: OneOrMore() },
);
export type PreviewQuery = Static<typeof PreviewQuery> & Record<string, string | string[] | undefined>;

export const PreviewedRule = Type.Object(
  {
    table: Type.Enum([...tables], {
      description: 'ebtables: rules for frames; iptables and ip6tables: for packets of IPv4 and IPv6',
    }),
    direction: Type.Enum(['out', 'in'], { description: 'of the guest’s frames: out of it, or in' }),
    chain: Type.String({ examples: ['I-vnet0-mac'] }),
    text: Type.String({ examples: ['-s 52:54:00:00:00:01 -j RETURN'] }),
    verdict: Type.Enum([...verdicts], {
      description:
        'what becomes of a frame that matches; return: the chain that led here goes on, and what returns from the first passes',
    }),
    to: Type.Optional(
      Type.String({ description: 'the chain that a jump or a goto leads to, which comes next' }),
    ),
    tied: Type.Optional(
      Type.Boolean({
        description:
          'it leads to a chain whose priority is also that of its neighbours that are tied: libvirt orders these at random',
      }),
    ),
    filter: Type.Optional(Type.String({ description: 'whose rule it is; absent where libvirt adds it' })),
    path: Type.Optional(
      Type.Array(Type.String(), { description: 'the references that lead to that filter, itself the last' }),
    ),
    action: Type.Optional(Type.Enum([...actions], { description: 'as the filter has it' })),
    priority: Type.Optional(Type.Integer({ description: 'as the filter has it' })),
  },
  { $id: 'PreviewedRule' },
);
export type PreviewedRule = Static<typeof PreviewedRule>;

export const NwfilterPreview = Type.Object(
  {
    filter: Type.String(),
    mac: Type.String(),
    port: Type.String({ description: 'the tap whose name stands in the rules; a NIC has its own' }),
    rules: Type.Array(ref(PreviewedRule), { description: 'in order of evaluation' }),
  },
  { $id: 'NwfilterPreview' },
);
export type NwfilterPreview = Static<typeof NwfilterPreview>;

export const previewSchemas = [PreviewedRule, NwfilterPreview];

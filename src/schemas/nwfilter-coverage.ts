import Type, { type Static } from 'typebox';
import { ref } from './ref.js';

const Rows = (description: string) => Type.Array(Type.String(), { description });

export const NwfilterCoverage = Type.Object(
  {
    stops: Rows('the attacks that do not come through'),
    passes: Rows('the attacks that do'),
    breaks: Rows('the traffic that is no attack, and does not come through'),
  },
  { $id: 'NwfilterCoverage', description: 'names of rows in the attack matrix' },
);
export type NwfilterCoverage = Static<typeof NwfilterCoverage>;

export const AttackRow = Type.Object(
  {
    name: Type.String({ description: 'does not change' }),
    what: Type.String({ description: 'in words' }),
    class: Type.Enum(['mac', 'ip', 'nd', 'dhcp', 'router', 'bridge', 'honest', 'uncommon'], {
      description: 'what is attacked; honest and uncommon traffic attacks nothing',
    }),
    source: Type.String({ description: 'a CVE, an RFC, or measured' }),
    beyondNwfilter: Type.Optional(Type.String({ description: "why no filter of libvirt's can stop it" })),
  },
  { $id: 'AttackRow' },
);

export type AttackRow = Static<typeof AttackRow>;

export const AttackMatrix = Type.Object(
  {
    rows: Type.Array(ref(AttackRow)),
    filters: Type.Array(Type.Object({ filter: Type.String(), ...NwfilterCoverage.properties }), {
      description: 'those that come with the service, and clean-traffic as libvirt ships it, for comparison',
    }),
  },
  {
    $id: 'AttackMatrix',
    description: 'frames that real guests sent on NICs with these filters, and what came of them',
  },
);
export type AttackMatrix = Static<typeof AttackMatrix>;

export const coverageSchemas = [NwfilterCoverage, AttackRow, AttackMatrix];

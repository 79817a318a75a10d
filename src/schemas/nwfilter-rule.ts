import Type, { type TObject, type TSchema } from 'typebox';
import { actions, directions, priorities } from '../nwfilter/model.js';
import { type Protocol, protocolNames, protocols, shownAttributes } from '../nwfilter/protocols.js';
import { ref } from './ref.js';

/** tcp-ipv6 → TcpIpv6 */
const pascal = (protocol: string): string =>
  protocol
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');

const Priority = Type.Integer({
  minimum: priorities.min,
  maximum: priorities.max,
  description: `the lowest comes first; ${priorities.ofRule} when absent`,
});

const common = {
  action: Type.Enum([...actions]),
  direction: Type.Enum([...directions], { description: 'out: from the VM; in: to it' }),
  priority: Type.Optional(Priority),
  statematch: Type.Optional(
    Type.Boolean({ description: 'false: the answers to what is accepted are not let through by themselves' }),
  ),
};

const shownOnly = {
  readOnly: true,
  description: "shown where a filter from elsewhere has it; libvirt's schema takes no filter with it",
};

/** What a rule of a protocol may look at. */
function matchSchema(protocol: Protocol): TObject {
  const fields = Object.entries(shownAttributes(protocol)).map(([name, { schema }]): [string, TSchema] => [
    name,
    Type.Optional(name in protocols[protocol] ? schema : { ...schema, ...shownOnly }),
  ]);
  return Type.Object(Object.fromEntries(fields), {
    $id: `NwfilterMatch${pascal(protocol)}`,
    additionalProperties: false,
  });
}

function ruleSchema(protocol: Protocol, match: TObject): TObject {
  return Type.Object(
    {
      ...common,
      protocol: Type.Enum([protocol]),
      match: Type.Optional({ ...ref(match), description: 'all of it must be so; absent or empty: any' }),
      notMatch: Type.Optional({
        ...ref(match),
        description:
          "all of it must not be so (match='no' in XML); a rule is defined with match or with notMatch",
      }),
      comment: Type.Optional(
        Type.String({ minLength: 1, maxLength: 256, description: 'at most 256 bytes; not beginning with $' }),
      ),
    },
    { $id: `NwfilterRule${pascal(protocol)}`, additionalProperties: false },
  );
}

const schemas = protocolNames.map((protocol) => {
  const match = matchSchema(protocol);
  return { match, rule: ruleSchema(protocol, match) };
});

const NwfilterRuleNone = Type.Object(
  { ...common, protocol: Type.Enum(['none'], { description: 'any frame' }) },
  { $id: 'NwfilterRuleNone', additionalProperties: false },
);

const rules = [...schemas.map(({ rule }) => rule), NwfilterRuleNone];

/** A rule, told apart by its protocol. */
export const NwfilterRule = Type.Unsafe<unknown>({
  $id: 'NwfilterRule',
  type: 'object',
  oneOf: rules.map((rule) => ref(rule)),
  discriminator: { propertyName: 'protocol' },
});

/** All of them, for OpenAPI's components. */
export const ruleSchemas = [...schemas.map(({ match }) => match), ...rules, NwfilterRule];

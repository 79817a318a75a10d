import Type from 'typebox';
import { roles } from '../access/grant.js';
import { identities } from '../access/caller.js';

export const Whoami = Type.Object(
  {
    name: Type.String({ description: "a token's name, a certificate's subject, a user of the host" }),
    role: Type.Enum([...roles], {
      description: 'viewer reads; operator also changes VMs and NICs; admin also filters, policy and tokens',
    }),
    trust: Type.Boolean({ description: 'may leave a NIC without its filters' }),
    via: Type.Enum([...identities], { description: 'by what the caller is known' }),
  },
  { $id: 'Whoami' },
);

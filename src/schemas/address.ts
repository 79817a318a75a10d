import Type, { type Static } from 'typebox';
import { ref } from './ref.js';

export const Address = Type.Object(
  {
    mac: Type.Optional(Type.String()),
    interface: Type.Optional(
      Type.String({ description: "the interface's name in the guest (source agent)" }),
    ),
    address: Type.String(),
    prefix: Type.Integer(),
    family: Type.Enum(['ipv4', 'ipv6']),
    source: Type.Enum(['lease', 'agent'], {
      description: 'lease: of the DHCP server of a libvirt network; agent: what the guest says of itself',
    }),
  },
  { $id: 'Address' },
);
export type Address = Static<typeof Address>;

export const AddressList = Type.Object({ items: Type.Array(ref(Address)) }, { $id: 'AddressList' });

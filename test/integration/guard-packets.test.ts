import t from 'tap';
import {
  type Bytes,
  destinationOptions,
  dhcpMessage,
  ethernet,
  etherTypes,
  extensionTypes,
  fragmentHeader,
  icmp6,
  icmp6Types,
  ipv4,
  type Ipv4Spec,
  ipv6,
  udpDatagram,
} from '../hosts/index.js';
import { forged, GuardedPort, own, strict } from './guarded-port.js';

// Packets that the attack rows leave out: such as a guard that wants to read them might break, and such as it cannot read.

const port = await GuardedPort.start(t, strict);
const src = own.mac;

const packet = (protocol: number, payload: Bytes, more: Partial<Ipv4Spec> = {}): Buffer =>
  ipv4({ src }, { src: own.ip, dst: '10.0.0.9', protocol, payload, ...more });
const dhcp = (clientMac: string): Buffer =>
  udpDatagram(68, 67, dhcpMessage({ op: 1, message: 3, clientMac }));
const options = Buffer.alloc(8, 1);
const packet6 = (protocol: number, ...payload: Buffer[]): Buffer =>
  ipv6({ src }, { src: own.ip6, dst: 'fd66::9', protocol, payload: Buffer.concat(payload) });
/** A header that names 24 bytes, of which 20 are there. */
const cutHeader = Buffer.from('460000180000400040110000' + '0a0000020a000009', 'hex');

const rightful: Record<string, Buffer> = {
  'GRE in IPv4': packet(47, Buffer.alloc(8)),
  'a DHCP renewal with IP options': packet(17, dhcp(own.mac), { options }),
  'ESP in IPv6': packet6(50, Buffer.alloc(32)),
  'a later fragment of a long ping': packet6(
    extensionTypes.fragment,
    fragmentHeader(58, 1448, false, 9),
    Buffer.alloc(64),
  ),
  'a ping behind options': icmp6(
    { src },
    {
      src: own.ip6,
      dst: 'fd66::9',
      type: icmp6Types.echoRequest,
      body: Buffer.alloc(8),
      extensions: { first: extensionTypes.destination, bytes: destinationOptions(58) },
    },
  ),
};
const lies: Record<string, Buffer> = {
  'a DHCP client in another’s name, with IP options': packet(17, dhcp(forged), { options }),
  'DHCP that ends before the client’s address': packet(17, udpDatagram(68, 67, Buffer.alloc(20))),
  'DHCP whose client’s address is in the second fragment': packet(17, dhcp(own.mac).subarray(0, 32), {
    fragment: 0x2000,
  }),
  'IPv4 whose header is cut off': ethernet({ src, type: etherTypes.ipv4, payload: cutHeader, pad: 0 }),
  'an extension header that is longer than the packet': packet6(60, Buffer.from([58, 9, 0, 0, 0, 0, 0, 0])),
};

await t.test('what can be read and is right passes', async (t) => {
  for (const [what, frame] of Object.entries(rightful)) t.ok(await port.passes(frame), what);
});

await t.test('what is forged, or cannot be read, does not', async (t) => {
  for (const [what, frame] of Object.entries(lies)) t.notOk(await port.passes(frame), what);
});

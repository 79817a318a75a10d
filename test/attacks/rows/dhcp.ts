import {
  destinationOptions,
  dhcpMessage,
  extensionTypes,
  inTwoFragments,
  ipv4,
  ipv6,
  udpDatagram,
} from '../../hosts/index.js';
import { type Cast, rows } from '../row.js';

/** An offer of another's address, from these ports. */
const offer = ({ other, victim }: Cast, sport: number, dport = 68): Buffer =>
  udpDatagram(sport, dport, dhcpMessage({ op: 2, message: 2, clientMac: victim.mac, gives: other.ip }));

const answer = (cast: Cast, src: string, sport: number) =>
  ipv4({ src: cast.own.mac }, { src, dst: '255.255.255.255', protocol: 17, payload: offer(cast, sport) });

/** A DHCPv6 advertisement that names somebody, so that no two are alike. */
const advertise = ({ other }: Cast, sport: number, dport = 546): Buffer =>
  udpDatagram(sport, dport, Buffer.from(`\u0002${other.ip6}`));

const answer6 = (cast: Cast, sport: number) =>
  ipv6(
    { src: cast.own.mac, dst: cast.victim.mac },
    { src: cast.own.linkLocal, dst: cast.victim.linkLocal, protocol: 17, payload: advertise(cast, sport) },
  );

/** A DHCP server where none should be. */
export const dhcpRows = rows({ class: 'dhcp', source: 'measured' }, [
  {
    name: 'dhcp-server',
    what: "an answer as a DHCP server, from the NIC's own address",
    frames: (cast) => answer(cast, cast.own.ip, 67),
  },
  {
    name: 'dhcp-server-odd-port',
    what: 'a DHCP answer from another source port than 67, which clients take as well',
    frames: (cast) => answer(cast, cast.own.ip, 6700),
  },
  {
    name: 'dhcp-server-foreign-source',
    what: "an answer as a DHCP server in the name of another's address",
    frames: (cast) => answer(cast, cast.other.ip, 67),
  },
  {
    name: 'dhcp-server-fragmented',
    what: 'a DHCP answer as the first fragment of several',
    frames: (cast) =>
      ipv4(
        { src: cast.own.mac },
        {
          src: cast.own.ip,
          dst: '255.255.255.255',
          protocol: 17,
          fragment: 0x2000,
          payload: offer(cast, 67).subarray(0, 64),
        },
      ),
  },
  {
    name: 'dhcp6-server',
    what: "an answer as a DHCPv6 server, from the NIC's own address",
    frames: (cast) => answer6(cast, 547),
  },
  {
    name: 'dhcp6-server-odd-port',
    what: 'a DHCPv6 answer from another source port than 547',
    frames: (cast) => answer6(cast, 5470),
  },
  {
    name: 'dhcp6-server-header-in-second-fragment',
    what: "a DHCPv6 answer in two fragments, with UDP's header in the second",
    source: 'RFC 7113',
    frames: (cast) => {
      const rest = Buffer.concat([destinationOptions(17, 16), advertise(cast, 547)]);
      return inTwoFragments(extensionTypes.destination, rest, 16, 0xd6).map((payload) =>
        ipv6(
          { src: cast.own.mac, dst: cast.victim.mac },
          { src: cast.own.linkLocal, dst: cast.victim.linkLocal, protocol: extensionTypes.fragment, payload },
        ),
      );
    },
  },
  {
    name: 'dhcp-forged-client',
    what: "a DHCP client that asks in another's name: the addresses of the pool run out, or the other's is given up",
    frames: ({ own, forged }) =>
      ipv4(
        { src: own.mac },
        {
          src: '0.0.0.0',
          dst: '255.255.255.255',
          protocol: 17,
          payload: udpDatagram(68, 67, dhcpMessage({ op: 1, message: 1, clientMac: forged })),
        },
      ),
    beyondNwfilter: "libvirt cannot look at the client's address inside a DHCP message",
  },
]);

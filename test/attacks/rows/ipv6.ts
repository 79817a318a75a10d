import {
  destinationOptions,
  extensionTypes,
  icmp6,
  icmp6Message,
  icmp6Types,
  ipv6,
  udpDatagram,
} from '../../hosts/index.js';
import { rows } from '../row.js';

const echo = Buffer.from([0, 1, 0, 1]);

/** IPv6 from an address that is not the NIC's. */
export const ipv6Rows = rows({ class: 'ip', source: 'measured' }, [
  {
    name: 'ipv6-foreign-source',
    what: "IPv6 from another's address",
    frames: ({ own, other, victim }) =>
      icmp6(
        { src: own.mac, dst: victim.mac },
        { src: other.ip6, dst: victim.ip6, type: icmp6Types.echoRequest, body: echo },
      ),
  },
  {
    name: 'ipv6-foreign-link-local',
    what: "ICMPv6 from another's link-local address",
    source: 'CVE-2015-8914: ICMPv6 was accepted before the source was looked at',
    frames: ({ own, other }) =>
      icmp6(
        { src: own.mac },
        { src: other.linkLocal, dst: 'ff02::1', type: icmp6Types.echoRequest, body: echo },
      ),
  },
  {
    name: 'ipv6-foreign-link-local-dhcp',
    what: "a DHCPv6 request from another's link-local address",
    source: 'CVE-2016-5362: DHCP was accepted before the source was looked at',
    frames: ({ own, other }) =>
      ipv6(
        { src: own.mac, dst: '33:33:00:01:00:02' },
        { src: other.linkLocal, dst: 'ff02::1:2', protocol: 17, payload: udpDatagram(546, 547) },
      ),
  },
  {
    name: 'ipv6-foreign-source-options',
    what: "IPv6 with an extension header from another's address",
    frames: ({ own, other, victim }) =>
      icmp6(
        { src: own.mac, dst: victim.mac },
        {
          src: other.ip6,
          dst: victim.ip6,
          type: icmp6Types.echoRequest,
          body: echo,
          extensions: { first: extensionTypes.destination, bytes: destinationOptions(58) },
        },
      ),
  },
  {
    name: 'ipv6-source-unspecified',
    what: 'UDP from the address ::',
    frames: ({ own, other }) =>
      ipv6({ src: own.mac }, { src: '::', dst: other.ip6, protocol: 17, payload: udpDatagram(4000, 53) }),
  },
  {
    name: 'ipv6-source-loopback',
    what: 'IPv6 from ::1',
    frames: ({ own, other }) => {
      const payload = icmp6Message('::1', other.ip6, icmp6Types.echoRequest, echo);
      return ipv6({ src: own.mac }, { src: '::1', dst: other.ip6, protocol: 58, payload });
    },
  },
]);

import { icmpMessage, ipv4, udpDatagram } from '../../hosts/index.js';
import { type Cast, rows } from '../row.js';

const ping = (cast: Cast, src: string, dst = cast.victim.ip) => ({
  src,
  dst,
  protocol: 1,
  payload: icmpMessage(),
});

/** IPv4 from an address that is not the NIC's. */
export const ipv4Rows = rows({ class: 'ip', source: 'measured' }, [
  {
    name: 'ipv4-foreign-source',
    what: "IPv4 from another's address",
    frames: (cast) => ipv4({ src: cast.own.mac }, ping(cast, cast.other.ip)),
  },
  {
    name: 'ipv4-foreign-source-unicast',
    what: "IPv4 from another's address, sent to one station only",
    frames: (cast) => ipv4({ src: cast.own.mac, dst: cast.victim.mac }, ping(cast, cast.other.ip)),
  },
  {
    name: 'ipv4-foreign-source-multicast',
    what: "a multicast from another's address",
    frames: ({ own, other }) =>
      ipv4(
        { src: own.mac, dst: '01:00:5e:00:00:fb' },
        { src: other.ip, dst: '224.0.0.251', protocol: 17, payload: udpDatagram(5353, 5353) },
      ),
  },
  {
    name: 'ipv4-foreign-source-options',
    what: "IPv4 with options from another's address",
    frames: (cast) =>
      ipv4({ src: cast.own.mac }, { ...ping(cast, cast.other.ip), options: Buffer.alloc(4, 1) }),
  },
  {
    name: 'ipv4-foreign-source-fragment',
    what: "a later fragment from another's address",
    frames: (cast) => ipv4({ src: cast.own.mac }, { ...ping(cast, cast.other.ip), fragment: 4 }),
  },
  {
    name: 'ipv4-source-unspecified',
    what: 'UDP from 0.0.0.0 that is not a DHCP client',
    frames: ({ own, other }) =>
      ipv4({ src: own.mac }, { src: '0.0.0.0', dst: other.ip, protocol: 17, payload: udpDatagram(4000, 53) }),
  },
  {
    name: 'ipv4-source-loopback',
    what: "IPv4 from 127.0.0.1, to reach what trusts the host's own",
    source: 'CVE-2020-8558',
    frames: ({ own, other }) =>
      ipv4({ src: own.mac }, { src: '127.0.0.1', dst: other.ip, protocol: 1, payload: icmpMessage() }),
  },
  {
    name: 'ipv4-source-broadcast',
    what: 'IPv4 from the broadcast address',
    frames: ({ own, other }) =>
      ipv4({ src: own.mac }, { src: '255.255.255.255', dst: other.ip, protocol: 1, payload: icmpMessage() }),
  },
  {
    name: 'router-icmp-redirect',
    what: "an ICMP redirect in the name of another's address, as a victim believes it from its gateway",
    class: 'router',
    frames: ({ own, other, victim }) =>
      ipv4(
        { src: own.mac },
        { src: other.ip, dst: victim.ip, protocol: 1, payload: icmpMessage(Buffer.alloc(32), 5, 1) },
      ),
  },
]);

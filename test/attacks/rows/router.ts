import {
  destinationOptions,
  extensionTypes,
  fragmentHeader,
  icmp6,
  icmp6Message,
  type Icmp6Spec,
  icmp6Types,
  icmpMessage,
  inTwoFragments,
  ipv4,
  ipv6,
  linkLayerOption,
  listenerQueryBody,
  redirectBody,
  routerAdvertisementBody,
  solicitedNode,
} from '../../hosts/index.js';
import { type Cast, rows } from '../row.js';
import { routed } from './effects.js';

/** A router advertisement to all nodes, which names a MAC of nobody's so that no two are alike. */
const advertisement = ({ other }: Cast, src: string): Icmp6Spec => ({
  src,
  dst: 'ff02::1',
  type: icmp6Types.routerAdvertisement,
  body: routerAdvertisementBody([linkLayerOption(1, other.mac)]),
});

const beyondIcmp =
  "libvirt's rules for ICMP are iptables', which do not see bridged frames unless the host is set up so";

/** A router where none should be. */
export const routerRows = rows({ class: 'router', source: 'CVE-2020-10749' }, [
  {
    name: 'router-advertisement',
    what: "a router advertisement from the NIC's own address",
    frames: (cast) => icmp6({ src: cast.own.mac }, advertisement(cast, cast.own.linkLocal)),
  },
  {
    name: 'router-advertisement-foreign-source',
    what: "a router advertisement in another router's name",
    frames: (cast) => icmp6({ src: cast.own.mac }, advertisement(cast, cast.other.linkLocal)),
    effect: routed,
  },
  {
    name: 'router-advertisement-behind-options',
    what: 'a router advertisement behind an extension header',
    source: 'RFC 7113',
    frames: (cast) =>
      icmp6(
        { src: cast.own.mac },
        {
          ...advertisement(cast, cast.own.linkLocal),
          extensions: { first: extensionTypes.destination, bytes: destinationOptions(58) },
        },
      ),
  },
  {
    name: 'router-advertisement-one-fragment',
    what: 'a whole router advertisement behind a fragment header',
    source: 'RFC 7113',
    frames: (cast) =>
      icmp6(
        { src: cast.own.mac },
        {
          ...advertisement(cast, cast.own.linkLocal),
          extensions: { first: extensionTypes.fragment, bytes: fragmentHeader(58, 0, false, 0xa1) },
        },
      ),
  },
  {
    name: 'router-advertisement-header-in-second-fragment',
    what: "a router advertisement in two fragments, with ICMPv6's header in the second",
    source: 'RFC 7113',
    frames: (cast) => {
      const { src, dst, type, body } = advertisement(cast, cast.own.linkLocal);
      const rest = Buffer.concat([destinationOptions(58, 16), icmp6Message(src, dst, type, body)]);
      return inTwoFragments(extensionTypes.destination, rest, 16, 0xa2).map((payload) =>
        ipv6(
          { src: cast.own.mac, dst: '33:33:00:00:00:01' },
          { src, dst, protocol: extensionTypes.fragment, payload },
        ),
      );
    },
  },
  {
    name: 'router-advertisement-options-cut',
    what: 'a router advertisement in two fragments, cut in the midst of an extension header',
    source: 'RFC 7113',
    frames: (cast) => {
      const { src, dst, type, body } = advertisement(cast, cast.own.linkLocal);
      const rest = Buffer.concat([destinationOptions(58, 16), icmp6Message(src, dst, type, body)]);
      return inTwoFragments(extensionTypes.destination, rest, 8, 0xa3).map((payload) =>
        ipv6(
          { src: cast.own.mac, dst: '33:33:00:00:00:01' },
          { src, dst, protocol: extensionTypes.fragment, payload },
        ),
      );
    },
  },
  {
    name: 'router-redirect',
    what: "an ICMPv6 redirect from the NIC's own address",
    frames: ({ own, other, victim }) =>
      icmp6(
        { src: own.mac, dst: victim.mac },
        {
          src: own.linkLocal,
          dst: victim.ip6,
          type: icmp6Types.redirect,
          body: redirectBody(own.linkLocal, other.ip6),
        },
      ),
  },
  {
    name: 'router-redirect-foreign-source',
    what: "an ICMPv6 redirect in another router's name",
    frames: ({ own, other, victim }) =>
      icmp6(
        { src: own.mac, dst: victim.mac },
        {
          src: other.linkLocal,
          dst: victim.ip6,
          type: icmp6Types.redirect,
          body: redirectBody(own.linkLocal, other.ip6),
        },
      ),
  },
  {
    name: 'router-listener-query',
    what: 'a multicast listener query: switches forward multicast to whoever asks',
    source: 'RFC 4541',
    frames: ({ own, other }) =>
      icmp6(
        { src: own.mac },
        {
          src: own.linkLocal,
          dst: solicitedNode(other.ip6),
          type: icmp6Types.listenerQuery,
          body: listenerQueryBody(),
        },
      ),
  },
  {
    name: 'router-igmp-query',
    what: 'an IGMP query: switches forward multicast to whoever asks',
    source: 'RFC 4541',
    frames: ({ own, other }) =>
      ipv4(
        { src: own.mac, dst: '01:00:5e:00:00:01' },
        { src: own.ip, dst: other.ip, protocol: 2, payload: icmpMessage(Buffer.alloc(4), 0x11, 100) },
      ),
    beyondNwfilter: 'libvirt cannot look at the type of an IGMP message',
  },
  {
    name: 'router-irdp-advertisement',
    what: "an ICMP router advertisement from the NIC's own address",
    source: 'RFC 1256',
    frames: ({ own, other }) =>
      ipv4(
        { src: own.mac },
        { src: own.ip, dst: other.ip, protocol: 1, payload: icmpMessage(Buffer.alloc(12), 9) },
      ),
    beyondNwfilter: beyondIcmp,
  },
]);

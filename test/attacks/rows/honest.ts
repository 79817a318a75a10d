import {
  advertisementBody,
  arp,
  dhcpMessage,
  extensionTypes,
  icmp6,
  icmp6Types,
  icmpMessage,
  inTwoFragments,
  ipv4,
  ipv6,
  linkLayerOption,
  listenerReportBody,
  rarp,
  routerAlert,
  routerSolicitationBody,
  solicitationBody,
  solicitedNode,
  udpDatagram,
} from '../../hosts/index.js';
import { type Cast, rows } from '../row.js';

const solicitation = icmp6Types.neighbourSolicitation;
/** A SYN from port 4000 to port 80. */
const tcp = Buffer.from('0fa00050000000010000000050020400' + '00000000', 'hex');

/** A multicast listener report as every IPv6 host sends it. */
const report = ({ own }: Cast, src: string) =>
  icmp6(
    { src: own.mac },
    {
      src,
      dst: 'ff02::16',
      type: icmp6Types.listenerReport,
      body: listenerReportBody(solicitedNode(own.ip6)),
      extensions: { first: 0, bytes: routerAlert(58) },
    },
  );

const ipv4Rows = rows({ class: 'honest', source: 'measured', family: 'ipv4' }, [
  {
    name: 'honest-ipv4',
    what: "IPv4 from the NIC's own address",
    frames: ({ own, victim }) =>
      ipv4(
        { src: own.mac, dst: victim.mac },
        { src: own.ip, dst: victim.ip, protocol: 1, payload: icmpMessage() },
      ),
  },
  {
    name: 'honest-arp-request',
    what: 'an ARP request',
    frames: ({ own, victim }) =>
      arp({ src: own.mac }, { senderMac: own.mac, senderIp: own.ip, targetIp: victim.ip }),
  },
  {
    name: 'honest-arp-reply',
    what: 'an ARP reply',
    frames: ({ own, victim }) =>
      arp(
        { src: own.mac, dst: victim.mac },
        { op: 2, senderMac: own.mac, senderIp: own.ip, targetMac: victim.mac, targetIp: victim.ip },
      ),
  },
  {
    name: 'honest-arp-gratuitous',
    what: "a gratuitous ARP for the NIC's own address",
    frames: ({ own }) => arp({ src: own.mac }, { senderMac: own.mac, senderIp: own.ip, targetIp: own.ip }),
  },
  {
    name: 'honest-arp-probe',
    what: "an ARP probe for the NIC's own address",
    source: 'RFC 5227',
    frames: ({ own }) => arp({ src: own.mac }, { senderMac: own.mac, senderIp: '0.0.0.0', targetIp: own.ip }),
  },
  {
    name: 'honest-dhcp-client',
    what: 'a DHCP client that has no address yet',
    frames: ({ own }) =>
      ipv4(
        { src: own.mac },
        {
          src: '0.0.0.0',
          dst: '255.255.255.255',
          protocol: 17,
          payload: udpDatagram(68, 67, dhcpMessage({ op: 1, message: 1, clientMac: own.mac })),
        },
      ),
  },
  {
    name: 'honest-dhcp-renewal',
    what: 'a DHCP client that renews its address',
    frames: ({ own, victim }) =>
      ipv4(
        { src: own.mac, dst: victim.mac },
        {
          src: own.ip,
          dst: victim.ip,
          protocol: 17,
          payload: udpDatagram(68, 67, dhcpMessage({ op: 1, message: 3, clientMac: own.mac })),
        },
      ),
  },
  {
    name: 'honest-ipv4-fragments',
    what: 'a UDP datagram in two fragments',
    frames: ({ own, victim }) => {
      const datagram = udpDatagram(4000, 4000, Buffer.alloc(56, 1));
      const packet = { src: own.ip, dst: victim.ip, protocol: 17 };
      return [
        ipv4({ src: own.mac }, { ...packet, fragment: 0x2000, payload: datagram.subarray(0, 32) }),
        ipv4({ src: own.mac }, { ...packet, fragment: 4, payload: datagram.subarray(32) }),
      ];
    },
  },
]);

const ipv6Rows = rows({ class: 'honest', source: 'measured', family: 'ipv6' }, [
  {
    name: 'honest-ipv6',
    what: "IPv6 from the NIC's own address",
    frames: ({ own, victim }) =>
      icmp6(
        { src: own.mac, dst: victim.mac },
        { src: own.ip6, dst: victim.ip6, type: icmp6Types.echoRequest, body: Buffer.from([0, 1, 0, 1]) },
      ),
  },
  {
    name: 'honest-ipv6-neighbour-solicitation',
    what: 'a neighbour solicitation',
    frames: ({ own, victim }) =>
      icmp6(
        { src: own.mac },
        {
          src: own.ip6,
          dst: solicitedNode(victim.ip6),
          type: solicitation,
          body: solicitationBody(victim.ip6, [linkLayerOption(1, own.mac)]),
        },
      ),
  },
  {
    name: 'honest-ipv6-neighbour-advertisement',
    what: 'a neighbour advertisement',
    frames: ({ own, victim }) =>
      icmp6(
        { src: own.mac, dst: victim.mac },
        {
          src: own.ip6,
          dst: victim.ip6,
          type: icmp6Types.neighbourAdvertisement,
          body: advertisementBody(own.ip6, [linkLayerOption(2, own.mac)]),
        },
      ),
  },
  {
    name: 'honest-ipv6-duplicate-address',
    what: "the question whether the NIC's own address is free (DAD)",
    frames: ({ own }) =>
      icmp6(
        { src: own.mac },
        { src: '::', dst: solicitedNode(own.ip6), type: solicitation, body: solicitationBody(own.ip6) },
      ),
  },
  {
    name: 'honest-ipv6-router-solicitation',
    what: "a router solicitation from the NIC's own address (SLAAC)",
    frames: ({ own }) =>
      icmp6(
        { src: own.mac },
        {
          src: own.linkLocal,
          dst: 'ff02::2',
          type: icmp6Types.routerSolicitation,
          body: routerSolicitationBody([linkLayerOption(1, own.mac)]),
        },
      ),
  },
  {
    name: 'honest-ipv6-router-solicitation-no-address',
    what: 'a router solicitation of a NIC that has no address yet',
    frames: ({ own }) =>
      icmp6(
        { src: own.mac },
        { src: '::', dst: 'ff02::2', type: icmp6Types.routerSolicitation, body: routerSolicitationBody() },
      ),
  },
  {
    name: 'honest-ipv6-listener-report',
    what: 'a multicast listener report (MLD)',
    frames: (cast) => report(cast, cast.own.linkLocal),
  },
  {
    name: 'honest-ipv6-listener-report-no-address',
    what: 'a multicast listener report of a NIC that has no address yet',
    frames: (cast) => report(cast, '::'),
  },
  {
    name: 'honest-ipv6-tcp',
    what: 'TCP in IPv6',
    frames: ({ own, victim }) =>
      ipv6({ src: own.mac, dst: victim.mac }, { src: own.ip6, dst: victim.ip6, protocol: 6, payload: tcp }),
  },
  {
    name: 'honest-ipv6-fragments',
    what: 'a UDP datagram over IPv6 in two fragments',
    frames: ({ own, victim }) =>
      inTwoFragments(17, udpDatagram(4000, 4000, Buffer.alloc(56, 1)), 32, 1).map((payload) =>
        ipv6(
          { src: own.mac, dst: victim.mac },
          { src: own.ip6, dst: victim.ip6, protocol: extensionTypes.fragment, payload },
        ),
      ),
  },
  {
    name: 'honest-dhcp6-client',
    what: 'a DHCPv6 client',
    frames: ({ own }) =>
      ipv6(
        { src: own.mac, dst: '33:33:00:01:00:02' },
        { src: own.linkLocal, dst: 'ff02::1:2', protocol: 17, payload: udpDatagram(546, 547) },
      ),
  },
]);

const otherRows = rows({ class: 'honest', source: 'measured' }, [
  {
    name: 'honest-migration-announcement',
    what: 'the RARP announcement that QEMU sends after a migration',
    frames: ({ own }) => rarp({ src: own.mac }),
  },
]);

/** What every guest says. */
export const honestRows = [...ipv4Rows, ...ipv6Rows, ...otherRows];

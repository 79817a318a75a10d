import {
  advertisementBody,
  destinationOptions,
  extensionTypes,
  icmp6,
  icmp6Types,
  linkLayerOption,
  neighbourAdvertisement,
  routerSolicitationBody,
  solicitationBody,
  solicitedNode,
} from '../../hosts/index.js';
import { type Cast, rows } from '../row.js';
import { poisons } from './effects.js';

const beyondNwfilter =
  'libvirt can match the type and the source of a neighbour message, not the address or the link-layer option inside';
const foreignAdvertisement =
  'CVE-2021-20267, CVE-2023-5366: a forged neighbour advertisement was let through';
const { neighbourAdvertisement: advertisement, neighbourSolicitation: solicitation } = icmp6Types;

/** A neighbour advertisement to all, in a frame that is right. */
const advertised = (cast: Cast, src: string, body: Buffer, extensions?: { first: number; bytes: Buffer }) =>
  icmp6(
    { src: cast.own.mac },
    { src, dst: 'ff02::1', type: advertisement, body, ...(extensions && { extensions }) },
  );

const fromOwn = rows({ class: 'nd', source: foreignAdvertisement }, [
  {
    name: 'nd-foreign-target',
    what: "a neighbour advertisement, from the NIC's own address, that another's address is at its MAC",
    frames: ({ own, other }) => neighbourAdvertisement({ src: own.mac }, own.ip6, other.ip6, own.mac),
    effect: poisons('ip6', 'own'),
    beyondNwfilter,
  },
  {
    name: 'nd-foreign-target-forged-option',
    what: "a neighbour advertisement, from the NIC's own address, that another's address is at a forged MAC",
    frames: ({ own, other, forged }) => neighbourAdvertisement({ src: own.mac }, own.ip6, other.ip6, forged),
    effect: poisons('ip6', 'forged'),
    beyondNwfilter,
  },
  {
    name: 'nd-own-target-forged-option',
    what: "a neighbour advertisement that the NIC's own address is at a forged MAC",
    frames: ({ own, forged }) => neighbourAdvertisement({ src: own.mac }, own.ip6, own.ip6, forged),
    beyondNwfilter,
  },
  {
    name: 'nd-foreign-target-second-option',
    what: "a neighbour advertisement for another's address with two link-layer options, the NIC's own first",
    frames: (cast) => {
      const options = [linkLayerOption(2, cast.own.mac), linkLayerOption(2, cast.forged)];
      return advertised(cast, cast.own.ip6, advertisementBody(cast.other.ip6, options));
    },
    beyondNwfilter,
  },
  {
    name: 'nd-foreign-target-no-option',
    what: "a neighbour advertisement for another's address without a link-layer option",
    frames: (cast) => advertised(cast, cast.own.ip6, advertisementBody(cast.other.ip6)),
    beyondNwfilter,
  },
  {
    name: 'nd-foreign-target-behind-options',
    what: "a neighbour advertisement for another's address behind an extension header",
    source: 'RFC 7113',
    frames: (cast) =>
      advertised(cast, cast.own.ip6, advertisementBody(cast.other.ip6, [linkLayerOption(2, cast.own.mac)]), {
        first: extensionTypes.destination,
        bytes: destinationOptions(58),
      }),
    effect: poisons('ip6', 'own'),
    beyondNwfilter,
  },
  {
    name: 'nd-solicitation-forged-option',
    what: "a neighbour solicitation from the NIC's own address with a forged link-layer option",
    source: 'measured',
    frames: ({ own, forged, victim }) =>
      icmp6(
        { src: own.mac },
        {
          src: own.ip6,
          dst: solicitedNode(victim.ip6),
          type: solicitation,
          body: solicitationBody(victim.ip6, [linkLayerOption(1, forged)]),
        },
      ),
    beyondNwfilter,
  },
  {
    name: 'nd-duplicate-address-for-another',
    what: "a question whether another's address is free, which denies it to its owner while the owner asks the same",
    source: 'RFC 4862',
    frames: ({ own, other }) =>
      icmp6(
        { src: own.mac },
        {
          src: '::',
          dst: solicitedNode(other.ip6),
          type: solicitation,
          body: solicitationBody(other.ip6),
        },
      ),
    beyondNwfilter,
  },
]);

const fromForeign = rows({ class: 'ip', source: foreignAdvertisement }, [
  {
    name: 'nd-foreign-source',
    what: "a neighbour advertisement from and for another's address, with the NIC's MAC",
    frames: ({ own, other }) => neighbourAdvertisement({ src: own.mac }, other.ip6, other.ip6, own.mac),
    effect: poisons('ip6', 'own'),
  },
  {
    name: 'nd-foreign-source-forged-option',
    what: "a neighbour advertisement from and for another's address, with a forged MAC",
    frames: ({ own, other, forged }) =>
      neighbourAdvertisement({ src: own.mac }, other.ip6, other.ip6, forged),
    effect: poisons('ip6', 'forged'),
  },
  {
    name: 'nd-solicitation-foreign-source',
    what: "a neighbour solicitation from another's address, with the NIC's MAC",
    source: 'measured',
    frames: ({ own, other, victim }) =>
      icmp6(
        { src: own.mac },
        {
          src: other.ip6,
          dst: solicitedNode(victim.ip6),
          type: solicitation,
          body: solicitationBody(victim.ip6, [linkLayerOption(1, own.mac)]),
        },
      ),
    effect: poisons('ip6', 'own'),
  },
  {
    name: 'nd-router-solicitation-foreign-source',
    what: "a router solicitation from another's link-local address, with the NIC's MAC",
    source: 'measured',
    frames: ({ own, other }) =>
      icmp6(
        { src: own.mac },
        {
          src: other.linkLocal,
          dst: 'ff02::2',
          type: icmp6Types.routerSolicitation,
          body: routerSolicitationBody([linkLayerOption(1, own.mac)]),
        },
      ),
  },
]);

/** A lie in neighbour discovery, in a frame whose source is true. */
export const ndRows = [...fromOwn, ...fromForeign];

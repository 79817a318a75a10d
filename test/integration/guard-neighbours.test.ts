import t from 'tap';
import {
  advertisementBody,
  destinationOptions,
  extensionTypes,
  fragmentHeader,
  icmp6,
  icmp6Message,
  type Icmp6Spec,
  icmp6Types,
  ipv6,
  linkLayerOption,
  routerSolicitationBody,
  solicitationBody,
  solicitedNode,
} from '../hosts/index.js';
import { forged, GuardedPort, own, strict } from './guarded-port.js';

// Odd forms of neighbour discovery that the attack rows leave out, and what hosts do say.

const port = await GuardedPort.start(t, strict);
const src = own.mac;
const { neighbourAdvertisement, neighbourSolicitation, routerSolicitation } = icmp6Types;

const message = (spec: Partial<Icmp6Spec> & Pick<Icmp6Spec, 'type' | 'body'>): Buffer =>
  icmp6({ src }, { src: own.ip6, dst: 'ff02::1', ...spec });
const advertised = (options: Buffer[] = [], more: Partial<Icmp6Spec> = {}): Buffer =>
  message({ type: neighbourAdvertisement, body: advertisementBody(own.ip6, options), ...more });
/** Whether an address is free. */
const asked = (address: string, options: Buffer[]): Buffer => {
  const body = solicitationBody(address, options);
  return message({ src: '::', dst: solicitedNode(address), type: neighbourSolicitation, body });
};

const target = linkLayerOption(2, src);
const nonce = Buffer.from([14, 1, 1, 2, 3, 4, 5, 6]);
const twiceAsLong = Buffer.concat([Buffer.from([2, 2]), Buffer.alloc(14)]);
const behind = (first: number, bytes: Buffer) => ({ extensions: { first, bytes } });
const whole = icmp6Message(own.ip6, 'ff02::1', neighbourAdvertisement, advertisementBody(own.ip6));
const inFragment = (next: number, payload: Buffer): Buffer =>
  ipv6(
    { src },
    {
      src: own.ip6,
      dst: 'ff02::1',
      protocol: extensionTypes.fragment,
      payload: Buffer.concat([fragmentHeader(next, 0, true, 7), payload]),
    },
  );

const rightful: Record<string, Buffer> = {
  'the question with a nonce, as Linux asks it': asked(own.ip6, [nonce]),
  'an advertisement without an option': advertised(),
  'an advertisement from the other own address': advertised([target], { src: own.linkLocal }),
};
const lies: Record<string, Buffer> = {
  'the question for another’s address': asked('fd66::9', [nonce]),
  'the question with a link-layer option': asked(own.ip6, [linkLayerOption(1, src)]),
  'the option of a source in an advertisement': advertised([linkLayerOption(1, src)]),
  'the same option twice': advertised([target, target]),
  'a nonce before a forged option': advertised([nonce, linkLayerOption(2, forged)]),
  'an option that is said to be longer': advertised([twiceAsLong]),
  'an advertisement that is cut off': message({ type: neighbourAdvertisement, body: Buffer.alloc(12) }),
  'an advertisement behind hop-by-hop options': advertised([], behind(0, destinationOptions(58))),
  'an advertisement behind a fragment header': advertised([], behind(44, fragmentHeader(58, 0, false, 7))),
  'an advertisement in the first of two fragments': inFragment(58, whole),
  'a first fragment that ends before the type': inFragment(60, destinationOptions(58)),
  'a router solicitation with a forged option': message({
    dst: 'ff02::2',
    type: routerSolicitation,
    body: routerSolicitationBody([linkLayerOption(1, forged)]),
  }),
};

await t.test('what hosts say passes', async (t) => {
  for (const [what, frame] of Object.entries(rightful)) t.ok(await port.passes(frame), what);
});

await t.test('lies do not, however they are put', async (t) => {
  for (const [what, frame] of Object.entries(lies)) t.notOk(await port.passes(frame), what);
});

import { type Element, elements, find, parseXml } from './tree.js';

/** The virtual ports that NICs of the network may get: its own, and those of its port groups. */
const virtualports = (network: Element): Element[] =>
  [network, ...elements(network, 'portgroup')].flatMap((owner) => elements(owner, 'virtualport'));

/**
 * Why a NIC on this libvirt network cannot be filtered, or undefined when it can: libvirt filters what stands on a
 * Linux bridge, not macvtap, passthrough or Open vSwitch.
 */
export function whyUnfilterable(xml: string): string | undefined {
  const network = parseXml(xml);
  const mode = find(network, 'forward')?.attributes.mode;
  if (virtualports(network).some(({ attributes }) => attributes.type === 'openvswitch')) {
    return 'its ports are Open vSwitch ports';
  }
  if (mode !== undefined && ['private', 'vepa', 'passthrough', 'hostdev'].includes(mode)) {
    return `its forward mode is ${mode}`;
  }
  if (find(network, 'bridge')?.attributes.name === undefined) return 'it stands on no bridge';
  return undefined;
}

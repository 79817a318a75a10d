const table = /^table netdev (\S+) \{[^]*?^\}/gm;
/** Sends a frame to another device, itself or a copy, or writes into it. */
const meddles = /\b(?:fwd|dup) to\b|(?:\b(?:ether|vlan|arp|ip6?|tcp|udp|icmp(?:v6)?) \S+|@\w+,\d+,\d+) set /;
const devices = /\bhook ingress device(?:s = \{([^}]*)\}| (\S+))/g;

/**
 * The taps at whose ingress somebody else sends frames past the filters, or rewrites them, each with the table that does.
 * @param listed the tables of others at the ingress of devices
 */
export function foreignIngress(listed: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const [text, name = ''] of listed.matchAll(table)) {
    if (!meddles.test(text)) continue;
    for (const [, several, one = ''] of text.matchAll(devices))
      for (const device of (several ?? one).split(',')) found.set(device.replace(/["\s]/g, ''), name);
  }
  return found;
}

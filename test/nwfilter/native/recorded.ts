import { readFileSync } from 'node:fs';

/** The NIC that all was recorded with. */
export const port = 'port0';
export const mac = '52:54:00:00:00:01';

export interface RecordedCase {
  /** The rules by table and chain. */
  chains?: Record<string, string[]>;
  /** Or why libvirt made none. */
  refused?: string;
}

/** What libvirt's own backend for nftables made of filters. */
export interface Recorded {
  libvirt: string;
  /** The XML of the filters that libvirt and this service ship. */
  filters: Record<string, string>;
  /** By the name of a filter, or of one that is made by hand. */
  cases: Record<string, RecordedCase>;
}

export const readRecorded = (): Recorded =>
  JSON.parse(readFileSync('test/nwfilter/native/recorded.json', 'utf8')) as Recorded;

/** What the NIC gives for a filter that is shipped. */
export const parametersOf = (filter: string): Record<string, string[]> => ({
  IP: ['10.0.0.1', '10.0.0.2'],
  IPV6: ['fe80::1', '2001:db8::2'],
  DHCPSERVER: [filter === 'allow-dhcpv6-server' ? 'fe80::2' : '10.0.0.9'],
  GATEWAY_MAC: ['52:54:00:00:00:09'],
});

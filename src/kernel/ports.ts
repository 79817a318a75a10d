import { readFile } from 'node:fs/promises';
import { type Command, unreadable } from './tool.js';

/** A network interface, and what its bridge does with what comes from it. */
export interface Port {
  /** The bridge that it is a port of. */
  bridge?: string;
  /** Whether it is a tap or tun device. */
  tap: boolean;
  /** Whether a process has it open, so that frames can come from it. */
  carrier: boolean;
  /** Whether the bridge hands IP packets on to these tables. */
  calls: { iptables: boolean; ip6tables: boolean };
  /** Of a bridge: how long it remembers where an address is, seconds; with 0 it sends every frame to all ports. */
  ageing?: number;
}

/** What `ip -j -d link` says, as far as it counts here. */
interface Link {
  ifname: string;
  flags: string[];
  master?: string;
  linkinfo?: {
    info_kind?: string;
    info_slave_kind?: string;
    info_data?: { ageing_time?: number; nf_call_iptables?: number; nf_call_ip6tables?: number };
  };
}

const isOn = (sysctl: string): Promise<boolean> =>
  readFile(`/proc/sys/net/bridge/${sysctl}`, 'utf8').then(
    (text) => text.trim() === '1',
    () => false, // the bridge has nobody to hand packets to
  );

/** The kernel counts in hundredths of seconds. */
const ticksPerSecond = 100;

/** Lists all interfaces of the host. */
export const linkCommand: Command = ['ip', '-j', '-d', 'link', 'show'];

/** @throws Problem kernel-unreadable */
function parseLinks(said: string): Link[] {
  try {
    return JSON.parse(said) as Link[];
  } catch (error) {
    throw unreadable('ip', error as Error);
  }
}

/** Reads them, and the host's settings for bridges. @throws Problem kernel-unreadable */
export async function readPorts(said: string): Promise<Map<string, Port>> {
  const [iptables, ip6tables] = await Promise.all([
    isOn('bridge-nf-call-iptables'),
    isOn('bridge-nf-call-ip6tables'),
  ]);
  const links = parseLinks(said);
  const byName = new Map(links.map((link) => [link.ifname, link]));
  return new Map(
    links.map(({ ifname, flags, master, linkinfo = {} }): [string, Port] => {
      const bridge = linkinfo.info_slave_kind === 'bridge' ? master : undefined;
      const options = bridge === undefined ? undefined : byName.get(bridge)?.linkinfo?.info_data;
      const { ageing_time: ageing } = linkinfo.info_data ?? {};
      return [
        ifname,
        {
          ...(bridge !== undefined && { bridge }),
          tap: linkinfo.info_kind === 'tun',
          carrier: !flags.includes('NO-CARRIER'),
          calls: {
            iptables: iptables || options?.nf_call_iptables === 1,
            ip6tables: ip6tables || options?.nf_call_ip6tables === 1,
          },
          ...(linkinfo.info_kind === 'bridge' && ageing !== undefined && { ageing: ageing / ticksPerSecond }),
        },
      ];
    }),
  );
}

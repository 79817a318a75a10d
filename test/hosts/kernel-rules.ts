import type { TestHost } from './host.js';

/** What VMs left behind; all empty when nothing is. */
export interface Leftovers {
  chains: string[];
  jumps: string[];
  bindings: string[];
  taps: string[];
}

/** The host's bridge filtering as ebtables and nft show it. */
export async function rulesText(host: TestHost): Promise<string> {
  return `${await host.run('ebtables', ['-t', 'nat', '-L'])}\n${await host.run('nft', ['list', 'ruleset', 'bridge'])}`;
}

/** libvirt's chains and jumps, for bridge (ebtables) and IP (iptables) rules, its bindings, and taps. */
export async function leftovers(host: TestHost): Promise<Leftovers> {
  const nft = JSON.parse(await host.run('nft', ['-j', 'list', 'ruleset'])) as { nftables: NftItem[] };
  const isLibvirts = (chain = ''): boolean => /^(libvirt-[IOJP]|[FH]?[IOJP])-./.test(chain);
  const chains = nft.nftables.flatMap(({ chain }) =>
    chain && isLibvirts(chain.name) ? [`${chain.family} ${chain.table} ${chain.name}`] : [],
  );
  const jumps = nft.nftables.flatMap(({ rule }) =>
    rule?.expr.some((e) => isLibvirts(e.jump?.target ?? e.goto?.target))
      ? [`${rule.family} ${rule.table} ${rule.chain}`]
      : [],
  );
  return { chains, jumps, bindings: await bindings(host), taps: await taps(host) };
}

interface NftItem {
  chain?: { family: string; table: string; name: string };
  rule?: {
    family: string;
    table: string;
    chain: string;
    expr: { jump?: { target: string }; goto?: { target: string } }[];
  };
}

export async function bindings(host: TestHost): Promise<string[]> {
  const lines = (await host.virsh('nwfilter-binding-list')).trim().split('\n');
  return lines.map((line) => line.trim().split(/\s+/)[0] ?? '').filter(Boolean);
}

export async function taps(host: TestHost): Promise<string[]> {
  const links = JSON.parse(await host.run('ip', ['-j', '-d', 'link'])) as LinkJson[];
  return links.filter((link) => link.linkinfo?.info_kind === 'tun').map((link) => link.ifname);
}

interface LinkJson {
  ifname: string;
  linkinfo?: { info_kind?: string };
}

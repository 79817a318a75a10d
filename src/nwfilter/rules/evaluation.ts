import type { KernelChain, KernelRule, Table } from './model.js';

/** A rule with the chain that it is in. */
export interface PlacedRule extends KernelRule {
  table: Table;
  direction: KernelChain['direction'];
  chain: string;
}

/** The tables that a frame comes through, in order: into the host and out of it. */
const wayOf = {
  out: ['ebtables', 'iptables', 'ip6tables'],
  in: ['iptables', 'ip6tables', 'ebtables'],
} as const satisfies Record<KernelChain['direction'], readonly Table[]>;

/** A NIC's rules in the order in which they are asked: what a rule leads to comes behind it. */
export function inOrderOfEvaluation(chains: readonly KernelChain[]): PlacedRule[] {
  const placed = ({ table, direction, name, rules }: KernelChain): PlacedRule[] =>
    rules.flatMap((rule) => {
      const next = chains.find((chain) => chain.own && chain.table === table && chain.name === rule.to);
      return [{ ...rule, table, direction, chain: name }, ...(next ? placed(next) : [])];
    });
  return (['out', 'in'] as const).flatMap((direction) =>
    wayOf[direction].flatMap((table) =>
      chains
        .filter((chain) => !chain.own && chain.table === table && chain.direction === direction)
        .flatMap(placed),
    ),
  );
}

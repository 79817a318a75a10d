import type { SavedRule } from '../kernel/saved-rules.js';
import type { KernelSnapshot } from '../kernel/snapshot.js';
import type { Table } from '../nwfilter/rules/model.js';

/** The names of a port's chains while libvirt makes them, with those that they have afterwards: J is for I, P for O. */
function finalName(text: string, port: string): string {
  const escaped = port.replaceAll('.', '\\.');
  const name = new RegExp(`(^| )(libvirt-|[FH]?)([JP])-${escaped}(?=-| |$)`);
  return text.replace(
    name,
    (_, space: string, kind: string, letter: string) =>
      `${space}${kind}${letter === 'J' ? 'I' : 'O'}-${port}`,
  );
}

/**
 * The kernel's rules, where those of a port's chains that libvirt has made anew stand for those that they are to replace:
 * at any moment of a change, the port's frames go through either.
 */
export function asRebuilt({ backend, tables: saved }: KernelSnapshot, port: string): KernelSnapshot {
  const rebuilt = (table: Table): Map<string, readonly SavedRule[]> => {
    const chains = new Map<string, readonly SavedRule[]>();
    const taken = new Set<string>();
    for (const [chain, rules] of saved[table]) {
      const name = finalName(chain, port);
      if (taken.has(name)) continue;
      if (name !== chain) taken.add(name);
      chains.set(
        name,
        rules.map((rule) => ({ ...rule, text: finalName(rule.text, port) })),
      );
    }
    return chains;
  };
  return {
    backend,
    tables: {
      ebtables: rebuilt('ebtables'),
      iptables: rebuilt('iptables'),
      ip6tables: rebuilt('ip6tables'),
    },
  };
}

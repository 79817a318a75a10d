import type { SavedRule } from '../kernel/saved-rules.js';
import type { KernelSnapshot } from '../kernel/snapshot.js';
import type { NativeEntries } from '../kernel/native-tables.js';
import type { AnyTable } from '../nwfilter/rules/model.js';

/**
 * The names of a port's chains while libvirt makes them, with those that they have afterwards: J is for I, P for O; in native
 * tables, n- goes.
 */
function finalName(text: string, port: string): string {
  const escaped = port.replaceAll('.', '\\.');
  const name = new RegExp(`(^| )(libvirt-|[FH]?)([JP])-${escaped}(?=-| |$)`);
  return text
    .replace(
      name,
      (_, space: string, kind: string, letter: string) =>
        `${space}${kind}${letter === 'J' ? 'I' : 'O'}-${port}`,
    )
    .replace(new RegExp(`(^| )n-(?=${escaped}-)`), '$1');
}

/** The same of what the maps say. */
const finalEntries = (entries: NativeEntries, port: string): NativeEntries => ({
  ...entries,
  maps: new Map(
    [...entries.maps].map(([map, verdicts]) => [
      map,
      new Map([...verdicts].map(([key, verdict]) => [key, finalName(verdict, port)])),
    ]),
  ),
});

/**
 * The kernel's rules, where those of a port's chains that libvirt has made anew stand for those that they are to replace:
 * at any moment of a change, the port's frames go through either.
 */
export function asRebuilt(kernel: KernelSnapshot, port: string): KernelSnapshot {
  const { tables: saved } = kernel;
  const rebuilt = (table: AnyTable): Map<string, readonly SavedRule[]> => {
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
    ...kernel,
    native: Object.fromEntries(
      Object.entries(kernel.native).map(([table, entries]) => [table, finalEntries(entries, port)]),
    ),
    tables: {
      ebtables: rebuilt('ebtables'),
      iptables: rebuilt('iptables'),
      ip6tables: rebuilt('ip6tables'),
      libvirt_nwfilter_ethernet: rebuilt('libvirt_nwfilter_ethernet'),
      libvirt_nwfilter_inet: rebuilt('libvirt_nwfilter_inet'),
    },
  };
}

import type { BindingDescription } from '../xml/nwfilter-binding.js';

/** What libvirt makes rules with: the tools of ebtables and iptables, or nft. */
export type LibvirtBackend = 'ebtables' | 'nftables';

/** Which it is for a port; without one, for those that it has yet to make rules for. */
export type BackendOf = (port?: string) => LibvirtBackend;

/** As the bindings say; a libvirt whose bindings say nothing has only the one. */
export function backendsOf(bindings: readonly BindingDescription[]): BackendOf {
  const said = new Map(bindings.map(({ port, backend }) => [port, backend]));
  const any = bindings.find(({ backend }) => backend !== undefined)?.backend;
  return (port = '') => ((said.has(port) ? said.get(port) : any) === 'nftables' ? 'nftables' : 'ebtables');
}

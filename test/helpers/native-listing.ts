import { parseNative } from '../../src/kernel/native-tables.js';
import type { KernelSnapshot } from '../../src/kernel/snapshot.js';

/** What `nft -a list table` says of the table for frames while libvirt makes rules. */
export const ethernet = `table bridge libvirt_nwfilter_ethernet { # handle 2
	comment "Managed by libvirt for network filters: https://libvirt.org/firewall.html#the-network-filter-driver"
	set same-ip-set { # handle 1
		type ipv4_addr . ipv4_addr
		elements = { 0.0.0.0 . 0.0.0.0,
			     0.0.0.1 . 0.0.0.1 }
	}

	map vmap-oif { # handle 2
		type iface_index : verdict
		elements = { "vnet0" : jump vnet0-in,
			     "vnet1" : jump n-vnet1-in, 17 : jump vnet9-in }
	}

	map vmap-iif { # handle 3
		type iface_index : verdict
		elements = { "vnet0" : jump vnet0-out }
	}

	chain postrouting { # handle 4
		type filter hook postrouting priority 0; policy accept;
		oif vmap @vmap-oif # handle 6
	}

	chain prerouting { # handle 5
		type filter hook prerouting priority 0; policy accept;
		iif vmap @vmap-iif # handle 7
	}

	chain vnet0-in { # handle 8
	}

	chain vnet0-out { # handle 9
		comment "of somebody's"
		jump vnet0-mac-out # handle 11
		ether type { ip, arp } counter packets 7 bytes 300 accept # handle 12
		udp sport 68 drop comment "usercomment=# handle 5" # handle 13
	}

	chain vnet0-mac-out { # handle 14
		ether saddr 52:54:00:00:00:01 return # handle 15
		counter packets 4 bytes 400 drop # handle 16
		drop # handle 17
	}

	chain n-vnet1-in { # handle 18
	}

	chain n-vnet1-ipv4-ip-out { # handle 19
	}

	chain vnet9-in { # handle 20
	}

	chain a-b-mac-in { # handle 21
	}
}
`;

/** A kernel that has this table and no other. */
export function kernelOf(listing: string): KernelSnapshot {
  const { chains, entries } = parseNative(listing);
  return {
    ebtables: 'ebtables-nft',
    native: { libvirt_nwfilter_ethernet: entries },
    ingress: { guards: { listed: { text: '' } }, closed: [], others: '' },
    dormant: [],
    tables: {
      ebtables: new Map(),
      iptables: new Map(),
      ip6tables: new Map(),
      libvirt_nwfilter_ethernet: chains,
      libvirt_nwfilter_inet: new Map(),
    },
  };
}

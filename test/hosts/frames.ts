/** Ethernet frames as bytes: pure functions, from the link layer up. */
export * from './frames/arp.js';
export * from './frames/bytes.js';
export * from './frames/dhcp.js';
export * from './frames/ethernet.js';
export * from './frames/extensions.js';
export * from './frames/icmp6.js';
export * from './frames/ipv4.js';
export * from './frames/ipv6.js';
export * from './frames/marker.js';
export * from './frames/snap.js';

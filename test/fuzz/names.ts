/** What stands on the host while the fuzz runs, and what requests may therefore name. */
export const images = '/var/lib/libvirt/images';
export const poolDir = '/var/lib/libvirt/fuzz-pool';
export const canaryDir = '/var/lib/libvirt/canary';
/** In the files that no request may reach: it must not be in any answer. */
export const secret = 'CANARY-4b1d7f0e';

export const bridge = 'br0';
export const network = 'fuzz-net';
export const pool = 'fuzz-pool';
export const volumes = { base: 'base.qcow2', free: 'free.qcow2' };
export const files = {
  kernel: `${images}/vmlinuz`,
  initrd: `${images}/initrd`,
  disk: `${images}/disk.qcow2`,
  iso: `${images}/disc.iso`,
  link: `${images}/link-to-canary`,
};
export const cmdline = 'console=ttyS0 quiet panic=-1';

export const vms = {
  running: 'fuzz-running',
  off: 'fuzz-off',
  paused: 'fuzz-paused',
  /** Defined by virsh, with a name that needs care in paths and in XML. */
  foreign: 'fuzz foreign <&"\'ä%2F',
};
export const macs = {
  running: '52:54:00:f0:00:01',
  second: '52:54:00:f0:00:02',
  off: '52:54:00:f0:00:03',
  paused: '52:54:00:f0:00:04',
  foreign: '52:54:00:f0:00:05',
};
export const filters = { used: 'fuzz-used', free: 'fuzz-free' };

/** Names of what requests make: few, so that they meet each other. */
export const newNames = ['new-1', 'new-2', 'new-3', 'new-4'];
export const newFilters = ['new-filter-1', 'new-filter-2', 'new-filter-3'];

/** In a request these stand for what only the run knows: the sender puts it in their place. */
export const placeholders = {
  operation: '~operation~',
  token: '~token~',
  etag: '~etag~',
  cursor: '~cursor~',
} as const;
export type Placeholder = keyof typeof placeholders;

// npm run soak [-- --minutes N --seed S]: VMs and NICs come and go on a libvirt host of its own, guests forge frames, and daemons
// die; at the end nothing may have come through, and nothing may be left.
import { onOwnHost } from './lib/own-host.mjs';

await onOwnHost('soak', () => import('../test/faults/soak/main.ts'));

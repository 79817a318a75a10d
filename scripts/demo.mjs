// npm run demo [-- --seconds N]: plays the demo on a libvirt host of its own.
import { onOwnHost } from './lib/own-host.mjs';

await onOwnHost('demo', () => import('./demo/index.ts'));

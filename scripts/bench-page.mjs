// npm run bench:page: measures the page in a browser, on a libvirt host of its own with 1,000 VMs; docs/web.md has the figures.
import { onOwnHost } from './lib/own-host.mjs';

await onOwnHost('bench:page', () => import('../bench/page/main.ts'), ['bench', 'browser']);

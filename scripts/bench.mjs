// npm run bench [-- --quick --only PART --out FILE]: measures the service and its peers side by side, on libvirt hosts of their
// own; bench/README.md says what and how.
import { onOwnHost } from './lib/own-host.mjs';

await onOwnHost('bench', () => import('../bench/main.ts'), ['bench']);

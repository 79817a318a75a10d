// npm run fuzz [-- --requests N --seed S --from I]: sends the service, on a libvirt host of its own, requests that are made of
// its own OpenAPI document: valid, nearly valid and hostile ones.
import { onOwnHost } from './lib/own-host.mjs';

await onOwnHost('fuzz', () => import('../test/fuzz/main.ts'));

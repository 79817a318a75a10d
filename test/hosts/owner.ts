// A process that owns a host with a running guest, tells about it, and waits to be killed: for host.test.ts.
import { readFile } from 'node:fs/promises';
import { startHost } from './host.js';

const host = await startHost();
await host.defineGuest({ name: 'orphan', nics: [{ mac: '52:54:00:00:00:01' }] });
const supervisor = Number(/^PPid:\s+(\d+)/m.exec(await readFile(`/proc/${host.pid}/status`, 'utf8'))?.[1]);
console.log(JSON.stringify({ pid: host.pid, dir: host.dir, supervisor }));
setInterval(() => undefined, 1 << 30);

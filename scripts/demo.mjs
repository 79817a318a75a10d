// npm run demo [-- --seconds N]: makes a machine ready for a libvirt host of the demo's own, and plays the demo there.
// It starts no daemon of the machine and touches none.
import { ensureLists } from './lib/apt.mjs';
import { ensureBuilt } from './lib/build.mjs';
import { isRoot } from './lib/packages.mjs';
import { prepare } from './lib/prepare.mjs';
import { main, Stop, WRONG_USE } from './lib/stop.mjs';

await main(async () => {
  if (!isRoot()) {
    throw new Stop(
      'The demo starts a libvirt host of its own in namespaces, which takes root: run `npm run demo` as root.',
      WRONG_USE,
    );
  }
  await prepare(['build', 'host', 'testHosts'], { mayInstall: true, services: false });
  await ensureLists();
  await ensureBuilt('service');
  // What it compiles is not kept in /tmp: the demo leaves nothing.
  process.env.TSX_DISABLE_CACHE = '1';
  const { register } = await import('tsx/esm/api');
  register();
  // In this process, not in a child: when it is killed, in whatever way, the host ends with it.
  await import('./demo/index.ts');
});

import { ensureLists } from './apt.mjs';
import { ensureBuilt } from './build.mjs';
import { isRoot } from './packages.mjs';
import { prepare } from './prepare.mjs';
import { main, Stop, WRONG_USE } from './stop.mjs';

/**
 * Makes a machine ready for a libvirt host of a command's own, and runs the command. It starts no daemon of the machine and
 * touches none.
 * @param command its npm script
 * @param load imports the TypeScript module that it is
 * @param more Debian packages that it needs beside the usual, see packages.mjs
 */
export const onOwnHost = (command, load, more = []) =>
  main(async () => {
    if (!isRoot()) {
      throw new Stop(
        `This starts a libvirt host of its own in namespaces, which takes root: run \`npm run ${command}\` as root.`,
        WRONG_USE,
      );
    }
    await prepare(['build', 'host', 'testHosts', ...more], { mayInstall: true, services: false });
    await ensureLists();
    await ensureBuilt('service');
    // What it compiles is not kept in /tmp: nothing is left.
    process.env.TSX_DISABLE_CACHE = '1';
    const { register } = await import('tsx/esm/api');
    register();
    // In this process, not in a child: when it is killed, in whatever way, the host ends with it.
    await load();
  });

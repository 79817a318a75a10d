import { readdirSync } from 'node:fs';
import { quietly } from './run.mjs';
import { say } from './stop.mjs';

const wait = ['-o', 'DPkg::Lock::Timeout=300'];
const update = () => quietly('apt-get', ['update', '-q', ...wait]);

/**
 * Installs Debian packages, naming them first; nothing is removed for their sake.
 * @param services false keeps the packages' daemons from being started, or restarted, while they are set up
 */
export async function install(packages, services) {
  say(`installing these Debian packages, which takes a minute or two: ${packages.join(' ')}`);
  const env = {
    DEBIAN_FRONTEND: 'noninteractive',
    NEEDRESTART_SUSPEND: '1',
    ...(services ? {} : { SYSTEMD_OFFLINE: '1' }),
  };
  await update();
  await quietly(
    'apt-get',
    ['install', '-y', '-q', '--no-install-recommends', '--no-remove', ...wait, ...packages],
    env,
  );
}

/** The lists that `apt-get download` reads: images of Debian often come without. */
export async function ensureLists() {
  const lists = '/var/lib/apt/lists';
  if (readdirSync(lists).some((name) => /_Packages(\.\w+)?$/.test(name))) return;
  say('fetching the lists of Debian packages');
  await update();
}

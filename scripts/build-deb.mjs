// npm run build:deb: the Debian package of this checkout, in build/, made in a copy of its sources.
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { debianCopyright } from './lib/copyright.mjs';
import { filesUnder } from './lib/fingerprint.mjs';
import { checkNode } from './lib/node.mjs';
import { ensureNpmPackages } from './lib/npm-packages.mjs';
import { ensurePackages } from './lib/packages.mjs';
import { root } from './lib/paths.mjs';
import { quietly } from './lib/run.mjs';
import { main, say } from './lib/stop.mjs';

const sources = [
  ...[
    'package.json',
    'package-lock.json',
    'tsconfig.json',
    'LICENSE',
    'README.md',
    'SECURITY.md',
    'CHANGELOG.md',
  ],
  ...['docs', 'filters', 'node-libvirt', 'node-linux', 'openapi', 'packaging', 'scripts', 'src'],
];
const isBuiltOrTest = (path) => /\/(build|dist|node_modules|test)$/.test(path);

/** Lays out a Debian source package. */
function copySources(directory) {
  for (const file of filesUnder(sources, isBuiltOrTest)) cpSync(join(root, file), join(directory, file));
  const debian = join(directory, 'debian');
  for (const part of ['debian', 'systemd'])
    cpSync(join(root, 'packaging', part), debian, { recursive: true });
  writeFileSync(join(debian, 'copyright'), debianCopyright(root));
}

await main(async () => {
  checkNode();
  process.chdir(root);
  await ensurePackages(['build', 'package'], { mayInstall: true, services: false });
  await ensureNpmPackages();
  const directory = mkdtempSync(join(tmpdir(), 'virtwarden-deb-'));
  try {
    const source = join(directory, 'virtwarden');
    copySources(source);
    say('building the Debian package, which takes a minute or two');
    // Node.js need not be one of Debian's packages
    const how = ['--build=binary', '--no-check-builddeps', '--unsigned-source', '--unsigned-changes'];
    await quietly('env', ['--chdir', source, 'dpkg-buildpackage', ...how]);
    const to = join(root, 'build');
    mkdirSync(to, { recursive: true });
    const debs = (where) => readdirSync(where).filter((name) => /^virtwarden_.*\.deb$/.test(name));
    for (const file of debs(to)) rmSync(join(to, file));
    for (const file of debs(directory)) {
      cpSync(join(directory, file), join(to, file));
      console.log(join('build', file));
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});

import { filesUnder } from './fingerprint.mjs';

const tests = (paths, skip) => filesUnder(paths, skip).filter((name) => name.endsWith('.test.ts'));

/** The test files by what they need, each with what tap is told about them. */
export const suites = {
  unit: {
    title: 'unit tests',
    files: () =>
      tests(['test'], (path) =>
        /^test\/(hosts|attacks|integration|between-hosts|e2e|faults|image|package)$/.test(path),
      ),
  },
  binding: {
    title: 'bindings, on the test driver',
    files: () =>
      tests(['node-libvirt/test', 'node-linux/test'], (path) => path === 'node-libvirt/test/daemon'),
  },
  daemon: {
    title: 'binding, on a real daemon',
    needsRoot: true,
    files: () => tests(['node-libvirt/test/daemon']),
    tapArgs: ['--jobs=1'],
  },
  integration: {
    title: 'service, on real hosts',
    needsRoot: true,
    needs: ['examples'],
    files: () => tests(['test/hosts', 'test/attacks', 'test/integration']),
    tapArgs: ['--jobs=2', '--timeout=900'],
  },
  e2e: {
    title: 'the page, in a browser',
    needsRoot: true,
    needs: ['browser'],
    files: () => tests(['test/e2e']),
    tapArgs: ['--jobs=2', '--timeout=300'],
  },
  faults: {
    title: 'faults, on real hosts',
    needsRoot: true,
    files: () => tests(['test/faults']),
    tapArgs: ['--jobs=2', '--timeout=900'],
  },
  migration: {
    title: 'migration, between real hosts',
    needsRoot: true,
    files: () => tests(['test/between-hosts']),
    tapArgs: ['--jobs=2', '--timeout=900'],
  },
  image: {
    title: 'container image',
    needsRoot: true,
    needs: ['image'],
    files: () => tests(['test/image']),
    tapArgs: ['--jobs=1', '--timeout=900'],
  },
  package: {
    title: 'Debian package',
    needsRoot: true,
    needs: ['package', 'image'],
    files: () => tests(['test/package']),
    tapArgs: ['--jobs=1', '--timeout=900'],
  },
};

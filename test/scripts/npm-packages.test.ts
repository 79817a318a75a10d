import t from 'tap';
import { leftOut, type LockedPackage } from '../../scripts/lib/npm-packages.mjs';

const elsewhere: LockedPackage = { optional: true, os: ['nowhere'] };
const here: LockedPackage = { optional: true, os: [process.platform], cpu: [process.arch] };

await t.test('npm leaves out what is for another platform, and what only that asks for', (t) => {
  const packages: Record<string, LockedPackage> = {
    '': { dependencies: { bundler: '1' } },
    'node_modules/bundler': { optionalDependencies: { 'bundler-here': '1', 'bundler-elsewhere': '1' } },
    'node_modules/bundler-here': { ...here, dependencies: { shared: '1' } },
    'node_modules/bundler-elsewhere': { ...elsewhere, dependencies: { runtime: '1', shared: '1' } },
    'node_modules/runtime': { optional: true, dependencies: { threads: '1' } },
    'node_modules/threads': { optional: true },
    'node_modules/shared': { optional: true },
  };
  t.strictSame(
    [...leftOut(packages)].sort(),
    ['bundler-elsewhere', 'runtime', 'threads'].map((name) => `node_modules/${name}`),
  );
  t.end();
});

await t.test('and nothing that is not optional', (t) => {
  t.strictSame(
    [...leftOut({ '': {}, 'node_modules/a': {}, 'node_modules/a/node_modules/b': here })],
    ['node_modules/a/node_modules/b'],
  );
  t.end();
});

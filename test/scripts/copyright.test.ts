import t from 'tap';
import { debianCopyright, isLicence, productionPackages } from '../../scripts/lib/copyright.mjs';

await t.test('each package that the service runs with has its licence there, and no other', (t) => {
  const mit = 'MIT License\n\nCopyright (c) 2020 Somebody\n\nPermission is granted\n';
  const dir = t.testdir({
    'package-lock.json': JSON.stringify({
      packages: {
        '': {},
        'node-linux': { license: 'Apache-2.0' },
        'node_modules/node-linux': { link: true },
        'node_modules/a': { license: 'MIT' },
        'node_modules/a/node_modules/b': { license: 'ISC' },
        'node_modules/for-the-build': { license: 'GPL-3.0', dev: true },
      },
    }),
    node_modules: {
      a: {
        'package.json': JSON.stringify({ name: 'a' }),
        LICENSE: mit,
        node_modules: { b: { 'package.json': JSON.stringify({ name: 'b', author: { name: 'Other' } }) } },
      },
    },
  });
  const [head = '', own = '', ...others] = debianCopyright(dir).split('\n\n');
  t.match(head, 'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n');
  t.match(own, /^Files: \*\n.*\nLicense: Apache-2.0\n/);
  t.strictSame(others, [
    'Files: node_modules/a/*\nCopyright: 2020 Somebody\nLicense: MIT\n MIT License\n .\n Copyright (c) 2020 Somebody\n .\n Permission is granted',
    'Files: node_modules/a/node_modules/b/*\nCopyright: Other\nLicense: ISC\n The package names this licence, and has no text of it.\n',
  ]);
  t.end();
});

await t.test('which files are licences', (t) => {
  for (const file of ['LICENSE', 'license.md', 'LICENCE', 'COPYING', 'LICENSE-MIT', 'NOTICE.txt'])
    t.ok(isLicence(file), file);
  for (const file of ['licenses.js', 'README.md', 'index.js']) t.notOk(isLicence(file), file);
  t.strictSame(productionPackages({ packages: { '': {} } }), []);
  t.end();
});

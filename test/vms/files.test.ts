import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { linkSync } from 'node:fs';
import { createServer } from 'node:net';
import t from 'tap';
import { Problem } from '../../src/errors.js';
import { allowedFile } from '../../src/vms/files.js';

const root = t.testdir({
  images: {
    disk: '',
    sub: { disk: '' },
    'link-inside': t.fixture('symlink', 'sub/disk'),
    'link-outside': t.fixture('symlink', '../secret'),
    'link-to-directory': t.fixture('symlink', '../other'),
    'link-to-nothing': t.fixture('symlink', 'nothing'),
  },
  'images-2': { disk: '' },
  other: { disk: '' },
  secret: '',
  'link-to-images': t.fixture('symlink', 'images'),
});
execFileSync('mkfifo', [`${root}/images/fifo`]);
const images = `${root}/images`;
const allow = (path: string, directories = [images]): Promise<string> =>
  allowedFile(path, { imageDirs: directories, ownPaths: [] }, '/disks/0/path');

const allowed: Record<string, string> = {
  disk: 'disk',
  'sub/disk': 'sub/disk',
  './sub/../disk': 'disk',
  '../images/disk': 'disk',
  'link-inside': 'sub/disk',
};
for (const [path, real] of Object.entries(allowed)) {
  await t.test(`allowed: ${path}`, async (t) => {
    t.equal(await allow(`${images}/${path}`), `${images}/${real}`, 'links resolved');
  });
}

const refused = [
  'images/missing',
  'secret',
  'images/../secret',
  'images-2/disk',
  'images/link-outside',
  'images/link-to-directory/disk',
  'images/link-to-nothing',
  'images/disk/',
  'images/disk/below',
  'images',
];
for (const path of refused) {
  await t.test(`refused: ${path}`, async (t) => {
    await t.rejects(allow(`${root}/${path}`), {
      type: 'path-not-allowed',
      status: 422,
      errors: [{ path: '/disks/0/path', message: `is not a file in an allowed directory (${images})` }],
    });
  });
}

for (const path of ['sub', 'fifo']) {
  await t.test(`refused, for it is no regular file: ${path}`, async (t) => {
    await t.rejects(allow(`${images}/${path}`), {
      type: 'path-not-allowed',
      errors: [{ path: '/disks/0/path', message: 'is not a regular file' }],
    });
  });
}

await t.test('nobody learns which files the host has', async (t) => {
  const answers = await Promise.all(
    [`${root}/secret`, `${root}/missing`, `${images}/missing`, `${root}/secret/x`].map((path) =>
      allow(path).catch((error: unknown) => (error as Problem).message),
    ),
  );
  t.equal(new Set(answers).size, 1);
});

await t.test('any of several directories, also by a link and beside a missing one', async (t) => {
  t.equal(await allow(`${images}/disk`, [`${root}/missing`, `${root}/link-to-images`]), `${images}/disk`);
  t.equal(await allow(`${root}/other/disk`, [images, `${root}/other`]), `${root}/other/disk`);
  t.equal(await allow(`${images}/disk`, [`${images}/`]), `${images}/disk`);
  await t.rejects(allow(`${images}/disk`, [`${root}/missing`]), { message: /not a file in an allowed/ });
});

await t.test('the root directory allows every file', async (t) => {
  t.equal(await allow(`${root}/secret`, ['/']), `${root}/secret`);
});

await t.test(
  'what is the service’s own is refused in an allowed directory, too, and in the same words',
  async (t) => {
    const own = (path: string): Promise<string> =>
      allowedFile(
        path,
        { imageDirs: [root], ownPaths: [`${root}/link-to-images`, `${root}/secret`, `${root}/missing`] },
        '/cdrom/path',
      );
    const message = `/cdrom/path is not a file in an allowed directory (${root}).`;
    for (const path of [
      'images/disk',
      'images/sub/disk',
      'link-to-images/disk',
      'secret',
      'images/link-outside',
    ])
      await t.rejects(own(`${root}/${path}`), { type: 'path-not-allowed', message }, path);
    t.equal(await own(`${root}/images-2/disk`), `${root}/images-2/disk`, 'a name that begins so is another');
  },
);

await t.test('refused, for it is no regular file: a device, a socket, what /proc has', async (t) => {
  const server = createServer().listen(`${images}/socket`);
  t.teardown(() => server.close());
  await once(server, 'listening');
  for (const [path, directory] of [
    [`${images}/socket`, images],
    ['/dev/null', '/dev'],
    ['/dev/stdin', '/'],
  ] as const) {
    await t.rejects(
      allow(path, [directory]),
      { type: 'path-not-allowed', message: /not a regular file/ },
      path,
    );
  }
  for (const path of ['/proc/self/root/etc/passwd', '/proc/self/cwd/package.json', '/proc/self/environ'])
    await t.rejects(allow(path), { type: 'path-not-allowed', message: /not a file in an allowed/ }, path);
});

await t.test('a further name of a file is as good as the first', async (t) => {
  linkSync(`${images}/disk`, `${images}/copy`);
  t.equal(await allow(`${images}/copy`), `${images}/copy`);
});

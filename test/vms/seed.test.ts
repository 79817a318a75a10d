import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import t, { type Test } from 'tap';
import { isSeedPath, seedPathIn, seedsOf } from '../../src/vms/seed-path.js';
import { makeSeed, removeSeed, straySeeds } from '../../src/vms/seed.js';

const uuid = '11111111-1111-4111-8111-111111111111';
const owner = { uuid, name: '1e5', qemuGroup: undefined };
const input = { userData: '#cloud-config\n' };

/** An empty directory for images, and on the path nothing but a xorriso that does this instead, or none. */
function setUp(t: Test, script: string | undefined): string {
  const bin: Record<string, string> = script === undefined ? {} : { xorriso: `#!/bin/sh\n${script}\n` };
  const directory = t.testdir({ images: {}, bin });
  if (script !== undefined) chmodSync(`${directory}/bin/xorriso`, 0o755);
  t.intercept(process, 'env', { value: { ...process.env, PATH: `${directory}/bin` } });
  return `${directory}/images`;
}

/** Puts what xorriso is given where the image was to be: its arguments are seen, and the files. */
const record =
  'for last; do :; done; while [ "$1" != -o ]; do shift; done; cd "$last"; { echo *; cat *; } >"$2"';
const hasCat = 'PATH=/bin:/usr/bin; ';

await t.test('a seed holds what cloud-init reads, and is for QEMU’s eyes only', async (t) => {
  const directory = setUp(t, hasCat + record);
  const path = seedPathIn(directory, uuid);
  await makeSeed(path, { ...input, networkConfig: 'version: 2\n' }, owner);
  t.equal(
    execFileSync('/bin/cat', [path], { encoding: 'utf8' }),
    `meta-data network-config user-data\ninstance-id: "${uuid}"\nlocal-hostname: "1e5"\nversion: 2\n#cloud-config\n`,
  );
  t.equal(statSync(path).mode & 0o777, 0o440);
  t.equal(statSync(`${directory}/virtwarden-seeds`).mode & 0o777, 0o711);
  t.strictSame(readdirSync(`${directory}/virtwarden-seeds`), [`${uuid}.iso`], 'and no draft');

  await makeSeed(path, { ...input, metaData: 'instance-id: mine\n' }, owner);
  t.match(
    execFileSync('/bin/cat', [path], { encoding: 'utf8' }),
    /^meta-data user-data\ninstance-id: mine\n#/,
  );
  await removeSeed(path);
  t.strictSame(readdirSync(`${directory}/virtwarden-seeds`), []);
  await removeSeed(path);
});

await t.test('without xorriso the package is named, and nothing is left', async (t) => {
  const directory = setUp(t, undefined);
  await t.rejects(makeSeed(seedPathIn(directory, uuid), input, owner), {
    type: 'cloud-init-unavailable',
    status: 422,
    message: /Debian: xorriso/,
  });
  t.strictSame(readdirSync(`${directory}/virtwarden-seeds`), []);
});

await t.test('what xorriso complains of is said', async (t) => {
  const directory = setUp(t, 'echo "xorriso : FAILURE : No space left" >&2; exit 5');
  await t.rejects(makeSeed(seedPathIn(directory, uuid), input, owner), {
    type: 'cloud-init-unavailable',
    message: 'xorriso could not make the cloud-init seed: No space left.',
  });
  t.strictSame(readdirSync(`${directory}/virtwarden-seeds`), []);
});

await t.test('an image directory that is not there is not made', async (t) => {
  const directory = `${t.testdir()}/missing`;
  await t.rejects(makeSeed(seedPathIn(directory, uuid), input, owner), {
    type: 'cloud-init-unavailable',
    message: /ENOENT/,
  });
  t.notOk(existsSync(directory));
});

const planted: Record<string, (directory: string) => void> = {
  'a link to a directory': (directory) =>
    symlinkSync(`${directory}/../theirs`, `${directory}/virtwarden-seeds`),
  'a link to nothing': (directory) => symlinkSync('nothing', `${directory}/virtwarden-seeds`),
  'a directory that others may write to': (directory) => {
    mkdirSync(`${directory}/virtwarden-seeds`);
    chmodSync(`${directory}/virtwarden-seeds`, 0o770);
  },
  'a file': (directory) => writeFileSync(`${directory}/virtwarden-seeds`, ''),
};
for (const [what, plant] of Object.entries(planted)) {
  await t.test(`where the seeds are to be there is ${what}: none is made, and none deleted`, async (t) => {
    const directory = setUp(t, hasCat + record);
    mkdirSync(`${directory}/../theirs`);
    writeFileSync(`${directory}/../theirs/${uuid}.iso`, 'theirs');
    plant(directory);
    await t.rejects(makeSeed(seedPathIn(directory, uuid), input, owner), {
      type: 'cloud-init-unavailable',
      message: /is not a directory that the service alone can write to/,
    });
    await removeSeed(seedPathIn(directory, uuid));
    t.strictSame(readdirSync(`${directory}/../theirs`), [`${uuid}.iso`]);
  });
}

await t.test('links in the directory of the seeds are replaced, and not followed', async (t) => {
  const directory = setUp(t, hasCat + record);
  const seeds = `${directory}/virtwarden-seeds`;
  mkdirSync(seeds, { mode: 0o711 });
  mkdirSync(`${directory}/../theirs`);
  symlinkSync('../../theirs', `${seeds}/${uuid}.draft`);
  symlinkSync('../../theirs/seed', `${seeds}/${uuid}.iso`);
  await makeSeed(seedPathIn(directory, uuid), input, owner);
  t.ok(lstatSync(`${seeds}/${uuid}.iso`).isFile());
  t.strictSame(readdirSync(`${directory}/../theirs`), []);
});

await t.test('a directory that is put in its place in the middle gets nothing', async (t) => {
  // what somebody does who may write to the image directory, while xorriso runs
  const swap = (images: string): string =>
    `cd ${images} && mv virtwarden-seeds moved && ln -s ../theirs virtwarden-seeds; `;
  const directory = setUp(t, '');
  writeFileSync(`${directory}/../bin/xorriso`, `#!/bin/sh\n${hasCat}${swap(directory)}${record}\n`);
  mkdirSync(`${directory}/../theirs`);
  await makeSeed(seedPathIn(directory, uuid), input, owner);
  t.strictSame(readdirSync(`${directory}/../theirs`), []);
  t.strictSame(readdirSync(`${directory}/moved`), [`${uuid}.iso`]);
});

await t.test('seeds of no VM, and drafts, are found', async (t) => {
  const other = uuid.replaceAll('1', '2');
  const directory = t.testdir({ 'virtwarden-seeds': { [`${other}.draft`]: {}, notes: '' } });
  writeFileSync(`${directory}/virtwarden-seeds/${uuid}.iso`, '');
  t.strictSame(await straySeeds(directory, new Set([uuid])), [
    `${directory}/virtwarden-seeds/${other}.draft`,
  ]);
  t.strictSame(await straySeeds(directory, new Set([other])), [`${directory}/virtwarden-seeds/${uuid}.iso`]);
  t.strictSame(await straySeeds(`${directory}/missing`, new Set()), []);
});

await t.test('a VM’s seed is the one that its UUID names', (t) => {
  const path = seedPathIn('/images', uuid);
  t.equal(path, `/images/virtwarden-seeds/${uuid}.iso`);
  t.strictSame(seedsOf({ uuid, disks: [{ path: '/images/a.iso' }, {}, { path }] }), [path]);
  t.strictSame(seedsOf({ uuid: 'other', disks: [{ path }] }), [], 'another’s is not its own');
  t.strictSame(seedsOf({ uuid, disks: [{ path: `/images/${uuid}.iso` }] }), [], 'nor a file elsewhere');
  t.ok(isSeedPath(path));
  t.notOk(isSeedPath('/images/virtwarden-seeds.iso'));
  t.end();
});

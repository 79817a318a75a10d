import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { readLacks } from '../../src/host/lacks.js';

/** Of what any user finds so: who may do all is told of no rights. */
await t.test('directories that are not there, or somebody else has put there', async (t) => {
  const images = t.testdir();
  const about = async (places: Partial<Parameters<typeof readLacks>[0]>) =>
    (await readLacks({ uri: 'test:///default', imageDirs: [images], ...places }, undefined)).filter(
      ({ code }) => !['net-admin', 'images-unreadable'].includes(code),
    );
  t.strictSame(await about({ stateDir: images }), []);
  const missing = join(images, 'missing');
  t.match(await about({ imageDirs: [images, missing] }), [
    { code: 'image-directory-unreadable', detail: /missing \(ENOENT\): no file in it/ },
  ]);
  t.match(await about({ stateDir: missing }), [
    { code: 'state-unwritable', detail: /missing cannot be written to \(ENOENT\)/ },
  ]);
  const seeds = join(images, 'virtwarden-seeds');
  await mkdir(seeds, { mode: 0o711 });
  t.strictSame(await about({}), [], 'its own');
  await chmod(seeds, 0o777);
  t.match(await about({}), [{ code: 'seeds-unwritable', detail: /no directory .* of its own\. / }]);
});

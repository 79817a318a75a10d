import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import type { Domain } from 'node-libvirt';
import t, { type Test } from 'tap';
import { startVm } from '../../src/vms/start.js';
import { filterHost, kernelWith } from '../helpers/filter-host.js';
import { qcow2, standsOn } from '../helpers/qcow2.js';

const uuid = '11111111-1111-4111-8111-111111111111';
const record = `<metadata><v:vm xmlns:v='urn:virtwarden:vm:1'><v:createdAt>2024-01-01T00:00:00Z</v:createdAt></v:vm></metadata>`;

kernelWith(t, '*nat\n');

const driver = (format: string): string => `<driver name='qemu' type='${format}'/>`;
const disk = (path: string, format: string, device: string, target: string): string =>
  `<disk type='file' device='${device}'>${driver(format)}<source file='${path}'/><target dev='${target}'/></disk>`;

/** A VM with one file of each kind, and a directory of images beside what it must not have. */
async function vm(
  t: Test,
  {
    during = () => undefined,
    domain = {},
    made = record,
  }: {
    /** What somebody does between our look and QEMU's. */
    during?: (images: string) => void;
    domain?: Partial<Domain>;
    made?: string;
  } = {},
) {
  const root = t.testdir({
    secret: 'root:x:0:0',
    images: { base: '', iso: '', kernel: '', initrd: '', sub: { overlay: '' }, 'virtwarden-seeds': {} },
  });
  const images = `${root}/images`;
  writeFileSync(`${images}/sub/overlay`, standsOn('../base'));
  writeFileSync(`${images}/virtwarden-seeds/${uuid}.iso`, '');
  const started: string[] = [];
  const context = await filterHost(t, {
    domain: (real) => ({
      create: async () => {
        started.push(real.name);
        during(images);
        await real.create();
        await real.suspend();
      },
      resume: async () => {
        started.push('runs');
        await real.resume();
      },
      ...domain,
    }),
  });
  const defined = await context.connection.domainDefineXMLFlags(
    `<domain type='test'><name>vm</name><uuid>${uuid}</uuid>${made}<memory unit='MiB'>64</memory>
     <os><type>hvm</type><kernel>${images}/kernel</kernel><initrd>${images}/initrd</initrd></os><devices>
     ${disk(`${images}/sub/overlay`, 'qcow2', 'disk', 'vda')}${disk(`${images}/base`, 'raw', 'disk', 'vdb')}
     ${disk(`${images}/iso`, 'raw', 'cdrom', 'sda')}
     ${disk(`${images}/virtwarden-seeds/${uuid}.iso`, 'raw', 'cdrom', 'sdb')}</devices></domain>`,
  );
  t.teardown(async () => {
    if (await defined.isActive()) await defined.destroy();
    await defined.undefine();
  });
  return { context: { ...context, imageDirs: [images] }, domain: defined, images, started };
}

await t.test('with its own files it runs', async (t) => {
  const { context, domain, started } = await vm(t);
  await startVm(context, domain);
  t.strictSame(started, ['vm', 'runs']);
});

/** Puts a link to the secret in the place of a file. */
const link = (images: string, name: string): void => {
  rmSync(`${images}/${name}`);
  symlinkSync(`${images}/../secret`, `${images}/${name}`);
};
const swaps: [what: string, field: string, swap: (images: string) => void][] = [
  ['the kernel', '/boot/kernel', (images) => link(images, 'kernel')],
  ['the initrd', '/boot/initrd', (images) => link(images, 'initrd')],
  ['a disk', '/disks/0/path', (images) => link(images, 'sub/overlay')],
  ['what a disk stands on', '/disks/0/path', (images) => link(images, 'base')],
  ['the CD-ROM', '/cdrom/path', (images) => link(images, 'iso')],
  ['the seed', '/cloudInit', (images) => link(images, `virtwarden-seeds/${uuid}.iso`)],
  [
    'the directory of a disk',
    '/disks/0/path',
    (images) => {
      renameSync(`${images}/sub`, `${images}/../elsewhere`);
      symlinkSync('../elsewhere', `${images}/sub`);
    },
  ],
  [
    'the directory of the seeds',
    '/cloudInit',
    (images) => {
      renameSync(`${images}/virtwarden-seeds`, `${images}/../seeds`);
      symlinkSync('../seeds', `${images}/virtwarden-seeds`);
    },
  ],
  [
    'what is written in an image',
    '/disks/0/path',
    (images) => writeFileSync(`${images}/sub/overlay`, standsOn('/etc/passwd')),
  ],
  [
    'what is written in an image, by a data file',
    '/disks/0/path',
    (images) => writeFileSync(`${images}/sub/overlay`, qcow2({ incompatible: 4n })),
  ],
];
for (const [what, path, swap] of swaps) {
  await t.test(`${what}, exchanged after its creation: it is not started`, async (t) => {
    const { context, domain, images, started } = await vm(t);
    swap(images);
    await t.rejects(startVm(context, domain), { type: 'path-not-allowed', errors: [{ path }] });
    t.strictSame(started, []);
  });
  await t.test(`${what}, exchanged before QEMU opens it: the guest has not run, and is off`, async (t) => {
    const { context, domain, started } = await vm(t, { during: swap });
    await t.rejects(startVm(context, domain), { type: 'path-not-allowed', errors: [{ path }] });
    t.strictSame(started, ['vm']);
    t.equal(await domain.isActive(), false);
  });
}

/** Exchanges, and puts back, as one does who tries to come between. */
function forAMoment(images: string, name: string): void {
  renameSync(`${images}/${name}`, `${images}/../away`);
  symlinkSync('../secret', `${images}/${name}`);
  rmSync(`${images}/${name}`);
  renameSync(`${images}/../away`, `${images}/${name}`);
}
const moments: Record<string, string> = {
  kernel: '/boot/kernel',
  initrd: '/boot/initrd',
  'sub/overlay': '/disks/0/path',
  sub: '/disks/0/path',
  base: '/disks/0/path',
  iso: '/cdrom/path',
};
for (const [name, path] of Object.entries(moments)) {
  await t.test(`${name}, exchanged and put back while QEMU opens it`, async (t) => {
    const during = (images: string): void => forAMoment(images, name);
    const { context, domain } = await vm(t, { during });
    await t.rejects(startVm(context, domain), {
      type: 'path-not-allowed',
      message: /was exchanged while the VM was being started/,
      errors: [{ path }],
    });
    t.equal(await domain.isActive(), false);
  });
}

await t.test('another file in its place, an allowed one, is another all the same', async (t) => {
  const during = (images: string): void => {
    writeFileSync(`${images}/new`, '');
    renameSync(`${images}/new`, `${images}/iso`);
  };
  const { context, domain } = await vm(t, { during });
  await t.rejects(startVm(context, domain), { errors: [{ path: '/cdrom/path' }] });
});

const backing = (path: string, format = 'raw'): string =>
  `<backingStore type='file'><format type='${format}'/><source file='${path}'/><backingStore/></backingStore>`;
/** As QEMU's driver tells it: the disk with what it stands on. */
const handedOver = (xml: string, store: string): string => xml.replace("<target dev='vda'", `${store}$&`);
const chains: Record<string, [store: (images: string) => string, isRefused: boolean]> = {
  'the very image': [(images) => backing(`${images}/base`), false],
  'the image by another name': [(images) => backing(`${images}/sub/../base`), false],
  'another image': [(images) => backing(`${images}/iso`), true],
  'an image that is gone': [(images) => backing(`${images}/gone`), true],
  'the image as another format': [(images) => backing(`${images}/base`, 'vmdk'), true],
  'nothing at all': [() => '<backingStore/>', true],
  'what is no file': [() => backing('').replace(/<source.*?>/, "<source protocol='nbd'/>"), true],
  'more than there is': [
    (images) => backing(`${images}/base`).replace('<backingStore/>', backing(`${images}/iso`)),
    true,
  ],
};
for (const [what, [store, isRefused]] of Object.entries(chains)) {
  await t.test(`libvirt has handed QEMU ${what}`, async (t) => {
    let images = '';
    const started = await vm(t);
    ({ images } = started);
    const real = started.domain;
    const domain = new Proxy(real, {
      get: (target, name) => {
        if (name !== 'getXMLDesc') {
          const value: unknown = Reflect.get(target, name, target);
          return typeof value === 'function' ? (value.bind(target) as unknown) : value;
        }
        return async (flags?: number) => handedOver(await real.getXMLDesc(flags), store(images));
      },
    });
    if (isRefused) await t.rejects(startVm(started.context, domain), { errors: [{ path: '/disks/0/path' }] });
    else await startVm(started.context, domain);
    t.equal(await real.isActive(), !isRefused);
  });
}

await t.test('saved memory is restored with the files that it names, and those are looked at', async (t) => {
  const { context, domain, started } = await vm(t, {
    domain: {
      hasManagedSaveImage: () => Promise.resolve(true),
      managedSaveGetXMLDesc: () =>
        Promise.resolve(
          `<domain>${record}<devices>${disk('/etc/passwd', 'raw', 'disk', 'vda')}</devices></domain>`,
        ),
    },
  });
  await t.rejects(startVm(context, domain), {
    type: 'path-not-allowed',
    errors: [{ path: '/disks/0/path' }],
  });
  t.strictSame(started, []);
});

await t.test(
  'a VM that the service did not make has its files where its administrator put them',
  async (t) => {
    const { context, domain, started } = await vm(t, { made: '' });
    mkdirSync(`${context.imageDirs[0]}/none`);
    await startVm({ ...context, imageDirs: [`${context.imageDirs[0]}/none`] }, domain);
    t.strictSame(started, ['vm', 'runs']);
  },
);

import { readFile } from 'node:fs/promises';
import { guestImage, startHost, type TestHost } from '../hosts/index.js';
import { Service } from '../integration/service.js';
import type { OpenApi } from './document.js';
import { bridge, canaryDir, files, images, network, pool, poolDir, secret, volumes } from './names.js';
import type { Caller } from './requests/message.js';

/** Nobody is to be refused for asking often: another test looks at that. */
const env = { VIRTWARDEN_REQUESTS_PER_MINUTE: '1000000000', VIRTWARDEN_IMAGE_DIRS: images };

async function layOut(host: TestHost): Promise<void> {
  const { kernel, initrd } = await guestImage();
  await host.run('mkdir', ['-p', poolDir, canaryDir]);
  for (const [from, to] of [
    [kernel, files.kernel],
    [initrd, files.initrd],
  ] as const) {
    await host.run('cp', [from, to]);
  }
  await host.run('tee', [`${canaryDir}/secret`], { input: secret });
  await host.run('ln', ['-s', `${canaryDir}/secret`, files.link]);
  await host.run('truncate', ['-s', '1M', files.iso]);
  for (const path of [files.disk, ...Object.values(volumes).map((name) => `${poolDir}/${name}`)]) {
    await host.run('qemu-img', ['create', '-q', '-f', 'qcow2', path, '1G']);
  }
  await host.virsh('pool-define-as', pool, 'dir', '--target', poolDir);
  await host.virsh('pool-start', pool);
  const xml = `<network><name>${network}</name><forward mode='bridge'/><bridge name='${bridge}'/></network>`;
  await host.virshXml(xml, 'net-define', '@');
  await host.virsh('net-start', network);
}

/** A host of its own with the built service on it, and tokens for those who ask. */
export class Stage implements AsyncDisposable {
  readonly host: TestHost;
  readonly service: Service;
  readonly document: OpenApi;
  readonly tokens: Readonly<Partial<Record<Caller, string>>>;

  private constructor(host: TestHost, service: Service, document: OpenApi, tokens: Stage['tokens']) {
    [this.host, this.service, this.document, this.tokens] = [host, service, document, tokens];
  }

  static async start(): Promise<Stage> {
    const host = await startHost({ name: 'fuzz' });
    try {
      await layOut(host);
      const service = await Service.start(host, { env });
      const { body: document } = await service.request<OpenApi>('GET', '/openapi.json');
      return new Stage(host, service, document, {
        admin: (await readFile(`${host.dir}/state/admin.token`, 'utf8')).trim(),
        trusted: await service.tokenFor('operator', { trust: true }),
        operator: await service.tokenFor('operator'),
        viewer: await service.tokenFor('viewer'),
        stranger: 'f'.repeat(43),
      });
    } catch (error) {
      await host.stop();
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.service[Symbol.asyncDispose]();
    await this.host.stop();
  }
}

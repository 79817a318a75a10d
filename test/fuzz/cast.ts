import type { Operation } from '../../src/schemas/operation.js';
import { defaultPolicy } from '../../src/schemas/config.js';
import type { Vm, VmInput } from '../../src/schemas/vm.js';
import { bridge, cmdline, files, filters, macs, network, pool, poolDir, vms } from './names.js';
import type { Made } from './made.js';
import { percent } from './requests/message.js';
import type { Stage } from './stage.js';

const boot = { kernel: files.kernel, initrd: files.initrd, cmdline };
const onBridge = { type: 'bridge', bridge } as const;
const usual = { memoryMiB: 96, boot, virtType: 'qemu' } as const;
const inputs: VmInput[] = [
  {
    ...usual,
    name: vms.running,
    start: true,
    nics: [
      { source: onBridge, mac: macs.running },
      { source: { type: 'network', network }, mac: macs.second, filters: [filters.used] },
    ],
  },
  {
    ...usual,
    name: vms.off,
    nics: [{ source: onBridge, mac: macs.off }],
    autostart: true,
    disks: [{ pool, sizeGiB: 1 }],
    cloudInit: { userData: '#cloud-config\n{}' },
  },
  { ...usual, name: vms.paused, start: true, nics: [{ source: onBridge, mac: macs.paused }] },
];
const escaped = (text: string): string => text.replace(/[<&"']/g, (char) => `&#${char.codePointAt(0) ?? 0};`);
const foreign = `<domain type='qemu'><name>${escaped(vms.foreign)}</name><memory unit='MiB'>32</memory>
  <os><type arch='x86_64'>hvm</type></os><devices><interface type='bridge'><mac address='${macs.foreign}'/>
  <source bridge='${bridge}'/></interface></devices></domain>`;

const rule = { action: 'drop', direction: 'out', protocol: 'mac', notMatch: { srcmacaddr: '$MAC' } };

/** libvirt's own filters and where they are kept meanwhile: an admin may change and delete them. */
const stock = { dir: '/etc/libvirt/nwfilter', kept: '/var/lib/libvirt/nwfilter-kept' };
const keepStock = `[ -e ${stock.kept} ] || cp -a ${stock.dir} ${stock.kept}`;
const restoreStock = `cd ${stock.kept} && for file in *; do
  cmp -s "$file" "${stock.dir}/$file" || virsh -q -c qemu:///system nwfilter-define "$file"
done`;

/** The VMs, filters and the policy that requests find, made through the service; what was changed of them is made anew. */
export class Cast {
  readonly #stage: Stage;
  readonly #made: Made;

  constructor(stage: Stage, made: Made) {
    this.#stage = stage;
    this.#made = made;
  }

  async #demand<T>(method: string, path: string, body: unknown, ...statuses: number[]): Promise<T> {
    const answer = await this.#stage.service.request<T>(method, path, body);
    if (statuses.includes(answer.status)) return answer.body;
    throw new Error(`${method} ${path} answers ${answer.status}: ${JSON.stringify(answer.body)}`);
  }

  /** Makes what is missing, and has run what is to run. */
  async enter(): Promise<void> {
    const { service, host } = this.#stage;
    await host.run('sh', ['-c', keepStock]);
    await this.#demand('PATCH', '/v1/config', defaultPolicy(), 200);
    for (const name of Object.values(filters)) {
      if ((await service.request('GET', `/v1/nwfilters/${name}`)).status === 200) continue;
      await this.#demand('POST', '/v1/nwfilters', { name, entries: [rule] }, 201, 409);
      this.#made.filters.add(name);
    }
    for (const input of inputs) {
      const path = `/v1/vms/${input.name}`;
      const found = await service.request<Vm>('GET', path);
      // 409: it has another name now, and its addresses: until the next census it is that
      const { status, body: vm } =
        found.status === 404 ? await service.request<Vm>('POST', '/v1/vms', input) : found;
      if (status === 201) this.#made.addVm(vm);
      else if (status === 409) continue;
      else if (status !== 200) throw new Error(`${path} answers ${status}: ${JSON.stringify(vm)}`);
      await this.#become(path, vm, input);
    }
    const { status } = await service.request('GET', `/v1/vms/${percent(vms.foreign)}`);
    if (status !== 404) return;
    await host.virshXml(foreign, 'define', '@');
    this.#made.vms.set((await host.virsh('domuuid', vms.foreign)).trim(), []);
  }

  /** A VM that requests have changed beyond that may not start any more: it stays as it is. */
  async #become(path: string, { state }: Vm, { name, start }: VmInput): Promise<void> {
    const { service } = this.#stage;
    if (start !== true) return;
    if (state === 'shutoff' || state === 'crashed') await service.request('POST', `${path}/start`);
    const [wanted, change] = name === vms.paused ? ['paused', 'suspend'] : ['running', 'resume'];
    if (state !== wanted) await service.request('POST', `${path}/${change}`);
  }

  /** Waits for what is under way, and takes away all that was made, also by requests. */
  async leave(): Promise<void> {
    const { host, service } = this.#stage;
    const running = await this.#demand<{ items: Operation[] }>(
      'GET',
      '/v1/operations?status=running',
      undefined,
      200,
    );
    for (const { id } of running.items)
      await this.#demand('GET', `/v1/operations/${id}?wait=60`, undefined, 200);
    for (const [uuid, volumes] of this.#made.vms) {
      const { status } = await service.request('DELETE', `/v1/vms/${uuid}?force=true&volumes=true`);
      // a request has deleted it, and may have been to leave its volumes
      if (status === 404) await host.run('rm', ['-f', ...volumes.map((volume) => `${poolDir}/${volume}`)]);
      else if (status !== 204) throw new Error(`the VM ${uuid} cannot be deleted: ${status}`);
    }
    await host.virsh('pool-refresh', pool);
    await this.#demand('PATCH', '/v1/config', defaultPolicy(), 200);
    // one that refers to another goes first
    for (let left = this.#made.filters.size; left > 0; left = this.#made.filters.size) {
      for (const name of this.#made.filters) {
        const { status } = await service.request('DELETE', `/v1/nwfilters/${percent(name)}`);
        if (status === 204 || status === 404) this.#made.filters.delete(name);
      }
      if (this.#made.filters.size === left)
        throw new Error(`cannot be deleted: ${[...this.#made.filters].join()}`);
    }
    await host.run('sh', ['-c', restoreStock]);
    for (const id of this.#made.tokens) await this.#demand('DELETE', `/v1/tokens/${id}`, undefined, 204, 404);
    this.#made.forget();
  }
}

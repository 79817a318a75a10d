import { fieldProblem } from '../errors.js';
import { type LiveBacking, readBackings } from '../xml/backing.js';
import { readDomain } from '../xml/domain.js';
import type { ChainLink } from './chain.js';
import type { DiskContext } from './context.js';
import { EntryWatch } from './entry-watch.js';
import { HostFile } from './host-file.js';
import { findFiles, type NamedFiles } from './named-files.js';

const isSame = (a: readonly ChainLink[], b: readonly ChainLink[] = []): boolean =>
  a.length === b.length &&
  a.every(({ path, id, format }, i) => path === b[i]?.path && id === b[i].id && format === b[i].format);

/** Whether libvirt has handed these very images to QEMU. */
async function isHandedOver(links: readonly ChainLink[], given: readonly LiveBacking[]): Promise<boolean> {
  if (links.length !== given.length) return false;
  for (const [i, link] of links.entries()) {
    const { path, format } = given[i] ?? {};
    if (path === undefined || format !== link.format) return false;
    await using file = await HostFile.at(path).catch(() => undefined);
    if (file?.id !== link.id) return false;
  }
  return true;
}

/**
 * The files of one VM around its start. The way from a name to a file may change between our look and QEMU's: so they are looked
 * at before, and again when QEMU has opened them and the guest has not run yet; in between their directories are watched.
 */
export class StartFiles implements Disposable {
  readonly #context: DiskContext;
  readonly #before: readonly { place: NamedFiles; watch: EntryWatch }[];

  private constructor(context: DiskContext, before: readonly { place: NamedFiles; watch: EntryWatch }[]) {
    this.#context = context;
    this.#before = before;
  }

  /**
   * Looks at all files that a VM's definition, or its saved memory, names. A VM that the service did not make is let be: whoever
   * defines one on libvirt itself is root on the host, and may have its disks anywhere.
   * @throws Problem path-not-allowed, volume-refused, volume-not-found; LibvirtError
   */
  static async demand(context: DiskContext, xml: string): Promise<StartFiles> {
    const vm = readDomain(xml);
    const places = vm.record.createdAt === undefined ? [] : await findFiles(context, vm);
    const before = places.map(async (place) => {
      return { place, watch: await EntryWatch.on(place.files.map(({ name }) => name)) };
    });
    return new StartFiles(context, await Promise.all(before));
  }

  /**
   * Looks again, when QEMU has opened them.
   * @param xml the live XML
   * @throws Problem path-not-allowed, volume-refused, volume-not-found; LibvirtError
   */
  async demandSame(xml: string): Promise<void> {
    if (this.#before.length === 0) return;
    const after = await findFiles(this.#context, readDomain(xml));
    const backings = readBackings(xml);
    for (const [i, { place, watch }] of this.#before.entries()) {
      const given = backings.get(place.target ?? '');
      const same =
        isSame(place.files, after[i]?.files) &&
        (given === undefined ||
          place.files.length === 0 ||
          (await isHandedOver(place.files.slice(1), given)));
      if (same && !(await watch.hasChanged())) continue;
      throw fieldProblem(place.problem, place.field, 'was exchanged while the VM was being started');
    }
  }

  [Symbol.dispose](): void {
    for (const { watch } of this.#before) watch[Symbol.dispose]();
  }
}

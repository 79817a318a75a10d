import { access, constants, opendir } from 'node:fs/promises';
import { join } from 'node:path';
import type { HostLack } from '../schemas/host.js';
import { HostFile } from '../vms/host-file.js';
import { SeedFolder } from '../vms/seed-folder.js';
import { seedFolder } from '../vms/seed-path.js';
import type { Capabilities } from './capabilities.js';
import { failureOf } from './failure.js';

// Tried, not asked for by access(2): that knows nothing of the capabilities of who is not root.
const search = async (directory: string): Promise<void> =>
  (await HostFile.at(`${directory}/.`))[Symbol.asyncDispose]();
const list = async (directory: string): Promise<void> => (await opendir(directory)).close();

async function directoryLack(directory: string): Promise<HostLack[]> {
  const code = 'image-directory-unreadable';
  const closed = await failureOf(search(directory));
  if (closed !== undefined)
    return [
      {
        code,
        detail: `The service cannot look into the image directory ${directory} (${closed}): no file in it can be given to a VM.`,
      },
    ];
  const unlisted = await failureOf(list(directory));
  if (unlisted === undefined) return [];
  return [
    {
      code,
      detail:
        `The service may not list the image directory ${directory} (${unlisted}): a file there that is exchanged while a VM starts, and put back, is not noticed. ` +
        'Its user needs the right to read the directory, which virtwarden.tmpfiles gives.',
    },
  ];
}

function contentLack(capabilities: Capabilities): HostLack[] {
  if (process.geteuid?.() === 0 || capabilities.has('CAP_DAC_READ_SEARCH')) return [];
  return [
    {
      code: 'images-unreadable',
      detail:
        'The service looks into those images only that its user may read, also while QEMU has them, and libvirt keeps its volumes for root and QEMU: qcow2 images among them are refused, raw ones are not. ' +
        'CAP_DAC_READ_SEARCH lets it, as in read-images.conf for the unit.',
    },
  ];
}

async function seedLack(imageDir: string): Promise<HostLack[]> {
  const directory = join(imageDir, seedFolder);
  await using folder = await SeedFolder.open(directory);
  if (folder) return [];
  const isThere =
    (await failureOf(HostFile.at(directory).then((file) => file[Symbol.asyncDispose]()))) !== 'ENOENT';
  const unwritable = isThere ? 'EEXIST' : await failureOf(access(imageDir, constants.W_OK));
  if (unwritable === undefined) return [];
  return [
    {
      code: 'seeds-unwritable',
      detail:
        `No cloud-init seed can be made: the service has no directory ${directory} of its own` +
        `${isThere ? '' : `, and cannot make it (${unwritable})`}. virtwarden.tmpfiles makes it.`,
    },
  ];
}

/** What the service may not do with the files of VMs. */
export async function imageLacks(
  imageDirs: readonly string[],
  capabilities: Capabilities,
): Promise<HostLack[]> {
  const [first = ''] = imageDirs;
  const lacks = await Promise.all([...imageDirs.map(directoryLack), seedLack(first)]);
  return [...lacks.flat(), ...contentLack(capabilities)];
}

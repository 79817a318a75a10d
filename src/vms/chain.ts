import { dirname, isAbsolute } from 'node:path';
import { FileRefused, isDenied } from './files.js';
import type { FoundFile, HostFile } from './host-file.js';
import { type Backing, headBytes, ImageFault, readQcow2 } from './qcow2.js';

/** libvirt itself gives up at 200; nobody means to build more than a few. */
const longestChain = 32;

/** An image of a chain, as it was found. */
export interface ChainLink extends FoundFile {
  format: string;
}

async function backingOf(file: HostFile): Promise<Backing | undefined> {
  const head = await file.head(headBytes).catch((error: unknown) => {
    if (!isDenied(error))
      throw new FileRefused(`cannot be read by the service (${(error as NodeJS.ErrnoException).code})`);
    throw new FileRefused(
      'may not be read by the service (EACCES), which looks into qcow2 images for what they stand on: it takes CAP_DAC_READ_SEARCH, or the right of all to read it',
    );
  });
  try {
    return readQcow2(head);
  } catch (error) {
    throw error instanceof ImageFault ? new FileRefused(error.message) : error;
  }
}

/** As libvirt and QEMU do it: a name without a directory is of a file beside the image, whose own links are not resolved. */
const besideImage = (image: string, name: string): string =>
  isAbsolute(name) ? name : `${dirname(image)}/${name}`;

/**
 * The images that a disk is made of, the topmost first. What an image stands on is written in the image, and a guest may have
 * written it: naming a file of the host there must not give that file to a VM. So it is read here, by nothing that would open
 * what is named. An image said to be raw is not looked into, neither here nor by libvirt or QEMU, which are told that it is raw.
 * @param open finds a file by its path, where a VM may have it
 * @throws FileRefused
 */
export async function readChain(
  path: string,
  format: string,
  open: (path: string) => Promise<HostFile>,
): Promise<ChainLink[]> {
  const chain: ChainLink[] = [];
  for (let next: { name: string; format: string } | undefined = { name: path, format }; next;) {
    if (chain.length === longestChain) throw new FileRefused('stands on too long a chain of images');
    try {
      next = await addLink(chain, next, open);
    } catch (error) {
      if (!(error instanceof FileRefused) || chain.length === 0) throw error;
      throw new FileRefused(`stands on an image that ${error.message}`);
    }
  }
  return chain;
}

/** Looks at one image, and gives the one that it stands on. */
async function addLink(
  chain: ChainLink[],
  { name, format }: { name: string; format: string },
  open: (path: string) => Promise<HostFile>,
): Promise<Backing | undefined> {
  // others name files in ways of their own: parts of a VMDK, for one
  if (format !== 'raw' && format !== 'qcow2')
    throw new FileRefused(`is in the format ${format}, and only raw and qcow2 are let in`);
  await using file = await open(name);
  const backing = format === 'raw' ? undefined : await backingOf(file);
  const { path, id } = file;
  chain.push({ name, path, id, format });
  return backing && { ...backing, name: besideImage(name, backing.name) };
}

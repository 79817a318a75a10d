import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Problem } from '../errors.js';
import type { CloudInitInput } from '../schemas/cloud-init.js';
import { SeedFolder } from './seed-folder.js';
import { seedFolder } from './seed-path.js';

const timeoutMs = 30_000;

/** Whom a seed is for. */
export interface SeedOwner {
  uuid: string;
  name: string;
  /** The group that QEMU runs as, where libvirt says so. */
  qemuGroup: number | undefined;
}

/** JSON in quotes is YAML, and a name that looks like a number stays a name. */
const defaultMetaData = ({ uuid, name }: SeedOwner): string =>
  `instance-id: ${JSON.stringify(uuid)}\nlocal-hostname: ${JSON.stringify(name)}\n`;

function seedFiles(input: CloudInitInput, owner: SeedOwner): Record<string, string> {
  return {
    'user-data': input.userData,
    'meta-data': input.metaData ?? defaultMetaData(owner),
    ...(input.networkConfig !== undefined && { 'network-config': input.networkConfig }),
  };
}

/** Of the folder's descriptor, the number that xorriso has it by. */
const handedOn = 3;

/** Runs it to its end. @throws Error with what it complained of as `stderr`, or the errno of its start */
async function xorriso(args: readonly string[], folder: SeedFolder): Promise<void> {
  const child = spawn('xorriso', args, {
    stdio: ['ignore', 'ignore', 'pipe', folder.fd],
    timeout: timeoutMs,
    env: { PATH: process.env.PATH, LC_ALL: 'C' },
  });
  const ended = once(child, 'close') as Promise<[code: number | null, signal: NodeJS.Signals | null]>;
  const [[code, signal], stderr] = await Promise.all([ended, child.stderr ? text(child.stderr) : '']);
  if (code === 0) return;
  throw Object.assign(new Error(`it ended with ${signal ?? `code ${code}`}`), { stderr });
}

/**
 * xorriso: kept up to date, one process for the whole image, and no file of the user's settings is read. It gets to the folder
 * by a descriptor of its own: it asks access(2), which heeds no capabilities, and without them nobody sees through /proc
 * what a process that has them holds.
 */
async function makeImage(folder: SeedFolder, draft: string): Promise<void> {
  const at = `/proc/self/fd/${handedOn}/${draft}`;
  const output = ['-o', `${at}/seed.iso`, `${at}/content`];
  const args = ['-no_rc', '-as', 'mkisofs', '-quiet', '-V', 'CIDATA', '-J', '-r', ...output];
  try {
    await xorriso(args, folder);
  } catch (error) {
    const { code, stderr = '' } = error as NodeJS.ErrnoException & { stderr?: string };
    const why = /^xorriso : (?:FATAL|FAILURE) : (.*)$/m.exec(stderr)?.[1] ?? (error as Error).message;
    throw new Problem(
      'cloud-init-unavailable',
      code === 'ENOENT'
        ? 'xorriso is not installed (Debian: xorriso): without it no cloud-init seed can be made.'
        : `xorriso could not make the cloud-init seed: ${why.trim()}.`,
      { cause: error },
    );
  }
}

/**
 * Makes the image with the cloud-init data of a VM: for the service and for QEMU to read, and for nobody else. It is
 * there as a whole or not at all; the draft that a crash leaves goes with the VM.
 * @throws Problem cloud-init-unavailable
 */
export async function makeSeed(path: string, input: CloudInitInput, owner: SeedOwner): Promise<void> {
  try {
    await using folder = await SeedFolder.make(dirname(path));
    await makeIn(folder, basename(path), input, owner);
  } catch (error) {
    if (error instanceof Problem) throw error;
    const why = (error as Error).message;
    throw new Problem('cloud-init-unavailable', `The cloud-init seed cannot be made: ${why}.`, {
      cause: error,
    });
  }
}

async function makeIn(
  folder: SeedFolder,
  name: string,
  input: CloudInitInput,
  owner: SeedOwner,
): Promise<void> {
  const draft = join(folder.path, `${owner.uuid}.draft`);
  try {
    await rm(draft, { recursive: true, force: true });
    await mkdir(draft, { mode: 0o700 });
    await mkdir(join(draft, 'content'));
    for (const [name, text] of Object.entries(seedFiles(input, owner))) {
      await writeFile(join(draft, 'content', name), text, { mode: 0o600 });
    }
    const image = join(draft, 'seed.iso');
    await makeImage(folder, basename(draft));
    await chmod(image, 0o440);
    if (owner.qemuGroup !== undefined) await giveToGroup(image, owner.qemuGroup);
    await rename(image, join(folder.path, name));
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** Who is not root may not; libvirt then gives QEMU the file when the VM starts, as it does with every disk. */
async function giveToGroup(path: string, group: number): Promise<void> {
  try {
    await chown(path, -1, group);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') throw error;
  }
}

/** Removes a seed, and what a making that was cut short has left. In a directory of somebody else's there is none. */
export async function removeSeed(path: string): Promise<void> {
  await using folder = await SeedFolder.open(dirname(path));
  if (!folder) return;
  const seed = join(folder.path, basename(path));
  await rm(seed.replace(/\.iso$/, '.draft'), { recursive: true, force: true });
  await rm(seed, { force: true });
}

/**
 * The seeds that no VM of these has. They are for a person to look at: another libvirt on this host may have their VMs.
 * @param uuids of the VMs there are
 */
export async function straySeeds(imageDir: string, uuids: ReadonlySet<string>): Promise<string[]> {
  const directory = join(imageDir, seedFolder);
  const names = await readdir(directory).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  });
  return names
    .filter((name) => {
      const uuid = /^([0-9a-f-]{36})\.(?:iso|draft)$/.exec(name)?.[1];
      return uuid !== undefined && !uuids.has(uuid);
    })
    .map((name) => join(directory, name));
}

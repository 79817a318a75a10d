import { basename, dirname, join } from 'node:path';

/** The directory of the seeds, below the first image directory. */
export const seedFolder = 'virtwarden-seeds';

export const seedPathIn = (imageDir: string, uuid: string): string =>
  join(imageDir, seedFolder, `${uuid}.iso`);

/** Whether a file is a seed, or lies where the seeds are. They hold secrets: no VM is given one but by its creation. */
export const isSeedPath = (path: string): boolean => path.split('/').includes(seedFolder);

/** The seeds that a VM has: files named by its UUID, so that no other VM's is ever taken for one. */
export const seedsOf = ({ uuid, disks }: { uuid: string; disks: { path?: string }[] }): string[] =>
  disks.flatMap(({ path }) =>
    path !== undefined && basename(dirname(path)) === seedFolder && basename(path) === `${uuid}.iso`
      ? [path]
      : [],
  );

import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isLicence, productionPackages } from '../../scripts/lib/copyright.mjs';
import lock from '../../package-lock.json' with { type: 'json' };

const checkout = new URL('../../', import.meta.url).pathname;

/** The files with licences, of the packages that the service runs with, that a directory with an installation does not have. */
export async function licencesLost(installation: string): Promise<string[]> {
  const lost: string[] = [];
  for (const [place] of productionPackages(lock)) {
    const files = (await readdir(join(checkout, place))).filter(isLicence);
    lost.push(
      ...files.map((file) => join(place, file)).filter((file) => !existsSync(join(installation, file))),
    );
  }
  return lost;
}

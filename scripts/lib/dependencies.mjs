/** Packages whose install scripts are known, by their place in the lock file, and why they have one. Nobody runs them unasked: the set-up installs without. */
export const installScripts = {
  'node-libvirt': 'ours: compiles the binding to libvirt',
  'node-linux': 'ours: compiles the binding to netlink',
  'node_modules/esbuild':
    'for the build and for tests, in tsx: checks its program, which is a package of its own',
};

/** Licences that what the service runs with may have. */
export const licences = ['0BSD', 'Apache-2.0', 'BlueOak-1.0.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT'];

const registry = 'https://registry.npmjs.org/';

/** Without a word about it, a package is of the registry that npm is set to. */
const isFromRegistry = ({ resolved = registry }) => resolved.startsWith(registry);

/** What is wrong with one package of the lock file. */
function wrongWith(place, { link, integrity, dev, license, hasInstallScript, ...more }) {
  if (link) return [];
  const isOurs = !place.includes('node_modules/');
  const wrong = [];
  if (hasInstallScript && !(place in installScripts)) wrong.push('has an install script that nobody knows');
  if (isOurs) return wrong;
  if (!isFromRegistry(more)) wrong.push(`is not from a registry: ${more.resolved}`);
  if (!integrity?.startsWith('sha512-')) wrong.push('has no sha512 hash');
  if (!dev && !licences.includes(license)) wrong.push(`has the licence ${license ?? 'of nobody knows what'}`);
  return wrong;
}

/** What is wrong with a lock file. @param lock package-lock.json, read */
export function wrongInLock({ packages }) {
  const gone = Object.keys(installScripts).filter((place) => !packages[place]?.hasInstallScript);
  return [
    ...Object.entries(packages).flatMap(([place, one]) =>
      wrongWith(place, one).map((what) => `${place} ${what}`),
    ),
    ...gone.map((place) => `${place} has no install script any more: take it off the list`),
  ];
}

const counted = ['moderate', 'high', 'critical'];

/**
 * What `npm audit --json` comes to.
 * @returns the advisories that count, or why there was no audit
 */
export function judgeAudit(report) {
  if (report.metadata?.vulnerabilities === undefined)
    return { notAudited: report.message ?? report.error?.summary ?? 'npm did not say why' };
  const found = Object.values(report.vulnerabilities ?? {}).filter(({ severity }) =>
    counted.includes(severity),
  );
  return {
    advisories: found.map(({ name, severity, range, via }) => {
      const titles = via.map((one) =>
        typeof one === 'string' ? `through ${one}` : `${one.title} (${one.url})`,
      );
      return `${name} ${range}: ${severity}: ${titles.join('; ')}`;
    }),
  };
}

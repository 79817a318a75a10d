import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A file that says on which terms a package may be used. */
export const isLicence = (file) => /^(licen[cs]e|copying|notice)([.-]|$)/i.test(file);

/** The packages of a lock file that the service runs with, by their directories. @param lock package-lock.json, read */
export const productionPackages = ({ packages }) =>
  Object.entries(packages)
    .filter(([place, { dev, link }]) => place.includes('node_modules/') && !dev && !link)
    .toSorted(([one], [other]) => (one < other ? -1 : 1));

/** Text below a field of a control file. */
const indented = (text) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => ` ${line.trimEnd() || '.'}`)
    .join('\n');

const holdersIn = (text) =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => /^(copyright\b|\(c\)|©).*\d{4}/i.test(line))
    .map((line) => line.replace(/^(copyright|\(c\)|©|:|\s)+/i, ''));

const authorOf = ({ name, author }) =>
  (typeof author === 'string' ? author : author?.name) ?? `the authors of ${name}`;

/** What its directory says of one package. */
function stanza(root, [place, { license }]) {
  const directory = join(root, place);
  const texts = readdirSync(directory)
    .filter(isLicence)
    .map((file) => readFileSync(join(directory, file), 'utf8'));
  const manifest = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
  const holders = texts.flatMap(holdersIn);
  const text = texts.join('\n') || `The package names this licence, and has no text of it.`;
  return [
    `Files: ${place}/*`,
    `Copyright: ${(holders.length > 0 ? holders : [authorOf(manifest)]).join('\n           ')}`,
    `License: ${license}`,
    indented(text),
  ].join('\n');
}

const own = `Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: virtwarden

Files: *
Copyright: the contributors to virtwarden
License: Apache-2.0
 On Debian systems the text is in /usr/share/common-licenses/Apache-2.0.`;

/**
 * debian/copyright: the licence of each package that the service runs with, as its own directory says it.
 * @param root a directory with package-lock.json and what that names
 */
export function debianCopyright(root) {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  return `${[own, ...productionPackages(lock).map((one) => stanza(root, one))].join('\n\n')}\n`;
}

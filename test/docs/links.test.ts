import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import t from 'tap';
import { anchorsOf, linksOf } from './markdown.js';
import { pages, readPage, root } from './pages.js';

const anchors = new Map(pages.map((page) => [page, anchorsOf(readPage(page))]));

/** Why a link of a page leads nowhere; undefined where it does. */
function wrongLink(page: string, href: string): string | undefined {
  const [path = '', anchor] = href.split('#');
  const target = path === '' ? page : join(dirname(page), decodeURIComponent(path));
  if (target.startsWith('..')) return 'it leads out of the repository';
  if (!existsSync(join(root, target))) return `there is no ${target}`;
  if (anchor === undefined) return undefined;
  if (statSync(join(root, target)).isDirectory() || !target.endsWith('.md'))
    return `${target} has no headings`;
  return anchors.get(target)?.includes(anchor) ? undefined : `${target} has no heading #${anchor}`;
}

await t.test('links within the repository lead somewhere', (t) => {
  for (const page of pages) {
    const inside = linksOf(readPage(page)).filter((href) => !/^[a-z]+:/.test(href));
    const wrong = inside.flatMap((href) => {
      const why = wrongLink(page, href);
      return why === undefined ? [] : [`${href}: ${why}`];
    });
    t.strictSame(wrong, [], page);
  }
  t.end();
});

await t.test('a link that leads nowhere is found', (t) => {
  t.match(wrongLink('README.md', 'docs/none.md'), 'there is no docs/none.md');
  t.match(wrongLink('README.md', 'docs/audit.md#none'), 'docs/audit.md has no heading #none');
  t.match(wrongLink('README.md', '../etc'), 'out of the repository');
  t.equal(wrongLink('docs/audit.md', '../README.md#settings'), undefined);
  t.end();
});

await t.test('the index has every page of docs', (t) => {
  const listed = linksOf(readPage('docs/README.md')).map((href) => join('docs', href.replace(/#.*/, '')));
  const missing = pages.filter(
    (page) => page.startsWith('docs/') && page !== 'docs/README.md' && !listed.includes(page),
  );
  t.strictSame(missing, []);
  t.end();
});

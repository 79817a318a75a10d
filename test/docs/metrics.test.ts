import { readFile } from 'node:fs/promises';
import t from 'tap';
import { fullScrape } from '../helpers/scrape.js';
import { tableOf } from './markdown.js';

await t.test('the page has each metric of a scrape, with its labels, and no other', async (t) => {
  const page = await readFile(new URL('../../docs/operate/monitor.md', import.meta.url), 'utf8');
  const said = tableOf(page, 'metric').map(([name, type, labels]) => `${name} ${type} ${labels}`);
  const scraped = [...(await fullScrape(t))].map(
    ([name, { type, labels }]) => `${name} ${type} ${[...labels].filter((one) => one !== 'le').join(', ')}`,
  );
  t.strictSame(said.toSorted(), scraped.toSorted());
});

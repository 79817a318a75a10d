import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import Type, { type Static } from 'typebox';
import Value from 'typebox/value';
import { fullScrape } from '../helpers/scrape.js';
import { root } from './kubernetes.js';
import { unknownIn } from './unknown.js';

const strict = { additionalProperties: false };
const Text = Type.String({ minLength: 1 });

const Datasource = Type.Object(
  { type: Type.Enum(['prometheus']), uid: Type.Enum(['${datasource}']) },
  strict,
);
const GridPos = Type.Object(
  {
    x: Type.Integer({ minimum: 0, maximum: 23 }),
    y: Type.Integer({ minimum: 0 }),
    w: Type.Integer({ minimum: 1, maximum: 24 }),
    h: Type.Integer({ minimum: 1 }),
  },
  strict,
);
const Row = Type.Object({ id: Type.Integer(), type: Type.Enum(['row']), title: Text, gridPos: GridPos });
const Panel = Type.Object({
  id: Type.Integer(),
  type: Type.Enum(['stat', 'table', 'timeseries']),
  title: Text,
  datasource: Datasource,
  gridPos: GridPos,
  fieldConfig: Type.Object({ defaults: Type.Object({ unit: Text }), overrides: Type.Array(Type.Unknown()) }),
  targets: Type.Array(
    Type.Object({ refId: Type.String({ pattern: '^[A-Z]$' }), datasource: Datasource, expr: Text }),
    { minItems: 1 },
  ),
});
const Dashboard = Type.Object({
  uid: Type.String({ pattern: '^[A-Za-z0-9_-]{1,40}$' }),
  title: Text,
  schemaVersion: Type.Integer({ minimum: 36 }),
  time: Type.Object({ from: Text, to: Text }),
  templating: Type.Object({
    list: Type.Array(Type.Object({ name: Text, type: Text, query: Type.Unknown() })),
  }),
  panels: Type.Array(Type.Union([Row, Panel])),
});

const dashboard = JSON.parse(
  readFileSync(join(root, 'packaging/monitoring/dashboard.json'), 'utf8'),
) as Static<typeof Dashboard>;
const panels = dashboard.panels.filter((one): one is Static<typeof Panel> => 'targets' in one);
const scraped = await fullScrape(t);

await t.test('the dashboard is one, of metrics that there are', (t) => {
  t.strictSame([...Value.Errors(Dashboard, dashboard)], []);
  t.equal(new Set(dashboard.panels.map(({ id }) => id)).size, dashboard.panels.length, 'ids');
  for (const { title, targets } of panels)
    for (const { expr } of targets) t.strictSame(unknownIn(expr, scraped), [], title);
  for (const [, metric = '', label = ''] of JSON.stringify(dashboard.templating).matchAll(
    /label_values\((\w+), (\w+)\)/g,
  ))
    t.strictSame(unknownIn(`count by (${label}) (${metric})`, scraped), []);
  const variables = dashboard.templating.list.map(({ name }) => name);
  const used = JSON.stringify(panels).matchAll(/\$\{?([a-z_]+)/g);
  for (const [, name = ''] of used) t.ok(name === '__rate_interval' || variables.includes(name), name);
  t.end();
});

await t.test('no panel lies on another, or beside the dashboard', (t) => {
  const taken = new Map<string, string>();
  for (const { title, gridPos } of dashboard.panels) {
    t.ok(gridPos.x + gridPos.w <= 24, title);
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
        t.notOk(taken.has(`${x} ${y}`), `${title} on ${taken.get(`${x} ${y}`) ?? 'nothing'}`);
        taken.set(`${x} ${y}`, title);
      }
    }
  }
  t.end();
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import Type, { type Static } from 'typebox';
import Value from 'typebox/value';
import { anchorsOf } from '../docs/markdown.js';
import { fullScrape } from '../helpers/scrape.js';
import { daemonSet, readYaml, root, settings } from './kubernetes.js';
import { unknownIn } from './unknown.js';

const packaging = join(root, 'packaging/monitoring');
const strict = { additionalProperties: false };
const Text = Type.String({ minLength: 1 });

const Alert = Type.Object(
  {
    alert: Type.String({ pattern: '^Virtwarden[A-Za-z]+$' }),
    expr: Text,
    for: Type.Optional(Type.String({ pattern: '^\\d+[smhd]$' })),
    labels: Type.Object({ severity: Type.Enum(['warning', 'critical']) }, strict),
    annotations: Type.Object({ summary: Text, description: Text, runbook_url: Text }, strict),
  },
  strict,
);
const Rules = Type.Object(
  { groups: Type.Array(Type.Object({ name: Text, rules: Type.Array(Alert) }, strict)) },
  strict,
);

const { groups } = readYaml(join(packaging, 'alerts.yaml')) as Static<typeof Rules>;
const alerts = groups.flatMap(({ rules }) => rules);
const scraped = await fullScrape(t);

await t.test('what is unknown is found', (t) => {
  t.strictSame(unknownIn('sum by (host) (rate(virtwarden_nics{state="x"}[5m])) > virtwarden_cows', scraped), [
    'virtwarden_cows',
    'state',
    'host',
  ]);
  t.throws(() => unknownIn('sum by (rate(up[5m])', scraped), /no PromQL/);
  t.end();
});

await t.test('alerts are rules, of metrics that there are, and say what to do', (t) => {
  t.strictSame([...Value.Errors(Rules, { groups })], []);
  t.equal(new Set(alerts.map(({ alert }) => alert)).size, alerts.length, 'each has a name of its own');
  const runbook = 'docs/operate/monitor.md';
  const anchors = anchorsOf(readFileSync(join(root, runbook), 'utf8'));
  for (const { alert, expr, annotations } of alerts) {
    t.strictSame(unknownIn(expr, scraped), [], alert);
    const anchor = alert.toLowerCase();
    t.equal(annotations.runbook_url, `${runbook}#${anchor}`);
    t.ok(anchors.includes(anchor), `${runbook} has ${alert}`);
  }
  const documented = anchors.filter((one) => one.startsWith('virtwarden'));
  t.equal(documented.length, alerts.length, 'and no alert that is none');
  t.end();
});

await t.test('values that alerts select labels by are those of the service', (t) => {
  for (const { alert, expr } of alerts) {
    for (const [, metric = '', label = '', , value = ''] of expr.matchAll(
      /(virtwarden_\w+)\{(\w+)(=~?)"([a-z|-]+)"/g,
    )) {
      const samples = [...(scraped.get(metric)?.samples.keys() ?? [])];
      for (const one of value.split('|'))
        t.ok(
          samples.some((sample) => sample.includes(`${label}="${one}"`)),
          `${alert}: ${label}="${one}"`,
        );
    }
  }
  t.end();
});

await t.test('Prometheus finds the pods, and shows what lets it in', (t) => {
  const { rule_files, scrape_configs } = readYaml(join(packaging, 'prometheus.yaml')) as {
    rule_files: string[];
    scrape_configs: { scheme: string; kubernetes_sd_configs?: { namespaces: { names: string[] } }[] }[];
  };
  t.strictSame(rule_files, ['alerts.yaml']);
  for (const { scheme } of scrape_configs) t.equal(scheme, 'https');
  const namespaces = scrape_configs.flatMap(({ kubernetes_sd_configs = [] }) =>
    kubernetes_sd_configs.flatMap((one) => one.namespaces.names),
  );
  t.strictSame(namespaces, [daemonSet.metadata?.namespace]);
  t.match(settings.data?.VIRTWARDEN_TLS_CLIENTS, 'CN=prometheus,O=virtwarden=viewer');
  const text = readFileSync(join(packaging, 'prometheus.yaml'), 'utf8');
  const annotations = Object.keys(daemonSet.spec?.template.metadata?.annotations ?? {});
  const read = text.matchAll(/__meta_kubernetes_pod_annotation_(\w+)/g);
  for (const [, name = ''] of read)
    t.ok(
      annotations.some((one) => one.replaceAll(/[./]/g, '_') === name),
      name,
    );
  t.end();
});

import type { Family } from '../helpers/scrape.js';
import { readExpression } from './promql.js';

/** Of Prometheus itself. */
const own = { metrics: ['up'], labels: ['instance', 'job', 'le'] };

/** What an expression names that no scrape has. */
export function unknownIn(expr: string, scraped: ReadonlyMap<string, Family>): string[] {
  const { selected, grouped } = readExpression(expr);
  const familyOf = (metric: string) =>
    scraped.get(metric) ?? scraped.get(metric.replace(/_(bucket|sum|count)$/, ''));
  const labelsOf = (metric: string): string[] => [...(familyOf(metric)?.labels ?? []), ...own.labels];
  const ofAll = selected.flatMap(({ metric }) => labelsOf(metric));
  return [
    ...(selected.length === 0 ? ['nothing'] : []),
    ...selected.flatMap(({ metric }) => (own.metrics.includes(metric) || familyOf(metric) ? [] : metric)),
    ...selected.flatMap(({ metric, labels }) => labels.filter((label) => !labelsOf(metric).includes(label))),
    ...grouped.filter((label) => !ofAll.includes(label)),
  ];
}

import { parser } from '@prometheus-io/lezer-promql';
import type { SyntaxNode } from '@lezer/common';

/** A metric that an expression selects, with the labels that it does so by. */
export interface Selected {
  metric: string;
  labels: string[];
}

export interface Expression {
  selected: Selected[];
  /** Those that are grouped by. */
  grouped: string[];
}

/** What Grafana puts in before it asks. */
const filledIn = (text: string): string =>
  text.replaceAll('$__rate_interval', '1m').replaceAll('$instance', '.*');

function nodesOf(node: SyntaxNode, ...names: string[]): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  node.cursor().iterate((one) => {
    if (one.from >= node.from && one.to <= node.to && names.includes(one.name)) found.push(one.node);
  });
  return found;
}

/**
 * Takes an expression apart, as Prometheus would.
 * @throws Error where it is none
 */
export function readExpression(expr: string): Expression {
  const text = filledIn(expr);
  const { topNode } = parser.parse(text);
  const textOf = ({ from, to }: SyntaxNode): string => text.slice(from, to);
  topNode.cursor().iterate(({ type, from }) => {
    if (type.isError) throw new Error(`no PromQL from ${from} on: ${text}`);
  });
  return {
    selected: nodesOf(topNode, 'VectorSelector').map((node) => ({
      metric: nodesOf(node, 'Identifier').map(textOf)[0] ?? '',
      labels: nodesOf(node, 'LabelName').map(textOf),
    })),
    grouped: nodesOf(topNode, 'GroupingLabels').flatMap((node) => nodesOf(node, 'LabelName').map(textOf)),
  };
}

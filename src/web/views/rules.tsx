import { inOrderOfEvaluation } from '../live/rule-order.js';
import type { Verdict } from '../live/verdicts.js';

const count = (value: number | undefined): string => value?.toLocaleString() ?? '–';

/** What the kernel has for a NIC, with what has matched, in order of evaluation. */
export function Rules({ verdict: { rules, nic, checkedAt } }: { verdict: Verdict }) {
  if (rules.length === 0) return null;
  return (
    <details>
      <summary>
        {rules.length} rules in the kernel, as of {new Date(checkedAt).toLocaleTimeString()}
      </summary>
      <div class="scroller" tabIndex={0} role="region" aria-label={`Rules of ${nic}`}>
        <table>
          <thead>
            <tr>
              <th scope="col">Table</th>
              <th scope="col">Chain</th>
              <th scope="col">Rule</th>
              <th scope="col" class="number">
                Packets
              </th>
              <th scope="col" class="number">
                Bytes
              </th>
            </tr>
          </thead>
          <tbody>
            {inOrderOfEvaluation(rules).map(({ table, chain, text, packets, bytes, depth }, i) => (
              <tr key={i} class="rule">
                <td>{table}</td>
                <td style={{ paddingLeft: `${depth + 0.6}rem` }}>
                  <code>{chain}</code>
                </td>
                <td>
                  <code>{text}</code>
                </td>
                <td class="number">{count(packets)}</td>
                <td class="number">{count(bytes)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

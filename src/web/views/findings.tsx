import type { Schemas } from '../api/client.js';

/** What is wrong, in whole sentences, and what would mend it. */
export function Findings({ findings }: { findings: readonly Schemas['EnforcementFinding'][] }) {
  if (findings.length === 0) return null;
  return (
    <ul class="findings">
      {findings.map(({ code, detail, remedy }, i) => (
        <li key={`${code} ${i}`} class="note bad">
          <strong>{code}</strong>
          <p>{detail}</p>
          <p>
            <span class="muted">Remedy:</span> {remedy}
          </p>
        </li>
      ))}
    </ul>
  );
}

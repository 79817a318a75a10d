import type { Failure } from '../api/answer.js';

/** Why something was not done: the problem that the service has answered with. */
export function FailureNote({ failure, what }: { failure: Failure | undefined; what?: string }) {
  if (!failure) return null;
  const { title, message, errors } = failure;
  return (
    <div class="note bad" role="alert">
      <strong>{what === undefined ? title : `${what}: ${title}`}</strong>
      {errors.length === 0 && <p>{message}</p>}
      {errors.length > 0 && (
        <ul>
          {errors.map((error) => (
            <li key={error.path}>
              <code>{error.path}</code> {error.message}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

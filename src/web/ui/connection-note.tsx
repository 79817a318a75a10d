import { connection, tryNow } from '../live/connection.js';
import { readFailures } from '../live/read-failure.js';
import { FailureNote } from './failure.js';

const timeOf = (ms: number): string => new Date(ms).toLocaleTimeString();

/** Says when what is shown may not be so any more. */
export function ConnectionNote() {
  const now = connection.value;
  return (
    <>
      <div role="status">
        {now.state === 'lost' && (
          <div class="note bad">
            <strong>The connection to the service is lost</strong>
            <p>
              What is shown is as it was at {timeOf(now.since)}. It is tried again by itself.{' '}
              <button type="button" onClick={tryNow}>
                Try now
              </button>
            </p>
          </div>
        )}
      </div>
      {now.state !== 'lost' &&
        [...readFailures.value].map(([what, failure]) => (
          <FailureNote key={what} what={what} failure={failure} />
        ))}
    </>
  );
}

export const ConnectionBadge = () => {
  const { state } = connection.value;
  const words = { live: 'live', connecting: 'connecting', lost: 'not connected' }[state];
  return <span class={`badge ${state === 'live' ? 'ok' : state === 'lost' ? 'bad' : 'plain'}`}>{words}</span>;
};

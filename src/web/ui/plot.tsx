import { now } from '../live/clock.js';
import { dropsUntil, knownSince, minuteMs, minutesShown } from '../live/drops.js';

const width = 600;
const height = 120;
const step = width / minutesShown;

const timeOf = (ms: number): string =>
  new Date(ms).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });

/** How many of the minutes shown lie before the service's memory. */
const unknownMinutes = (until: number): number => {
  const begin = (Math.floor(until / minuteMs) - minutesShown + 1) * minuteMs;
  return Math.min(minutesShown, Math.max(0, Math.floor(((knownSince.value ?? until) - begin) / minuteMs)));
};

/** The forged frames that were dropped in the last hour, a bar for each minute: of one NIC, or of the host. */
export function DropsPlot({ of }: { of?: string }) {
  const until = Math.max(now.value, Date.now());
  const bars = dropsUntil(until, of);
  const most = Math.max(1, ...bars);
  const total = bars.reduce((sum, frames) => sum + frames, 0);
  const unknown = unknownMinutes(until);
  const said = `${total.toLocaleString()} forged frames dropped in the last hour`;
  return (
    <figure class="plot">
      <figcaption>
        <strong>{total.toLocaleString()}</strong> forged {total === 1 ? 'frame' : 'frames'} dropped in the
        last hour
        {total > 0 && <span class="muted">, at most {most.toLocaleString()} in a minute</span>}
      </figcaption>
      <svg viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" role="img" aria-label={said}>
        {unknown > 0 && <rect class="unknown" x="0" y="0" width={unknown * step} height={height} />}
        {bars.map((frames, i) => {
          const tall = frames === 0 ? 0 : Math.max(2, (frames / most) * (height - 4));
          return (
            <rect key={i} class="bar" x={i * step + 1} y={height - tall} width={step - 2} height={tall} />
          );
        })}
        <line x1="0" y1={height} x2={width} y2={height} />
      </svg>
      <div class="axis muted" aria-hidden="true">
        <span>{timeOf(until - (minutesShown - 1) * minuteMs)}</span>
        <span>{timeOf(until)}</span>
      </div>
      {unknown > 0 && (
        <p class="muted">
          {knownSince.value === undefined
            ? 'No event is known yet.'
            : `What was before ${timeOf(knownSince.value)} is not remembered.`}
        </p>
      )}
    </figure>
  );
}

import type { Outcome } from './soak.js';

const listed = (counts: Map<string, number>): string =>
  [...counts]
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([what, count]) => `  ${what}: ${count}`)
    .join('\n');

/** What a soak has come to, for a person. */
export function closingReport({
  minutes,
  seed,
  rounds,
  faults,
  ends,
  held,
  sent,
  seen,
  looks,
  findings,
}: Outcome): string {
  const [first, last] = [looks[0], looks.at(-1)];
  const usage =
    first && last
      ? `the service's last process, over ${looks.length} rounds: ${first.memoryMB.toFixed(1)} MB then ${last.memoryMB.toFixed(1)}, ` +
        `at most ${Math.max(...looks.map(({ memoryMB }) => memoryMB)).toFixed(1)}; ${first.handles} handles then ${last.handles}`
      : 'the service ended in the last round';
  return [
    '',
    `== soak of ${minutes} minutes, seed ${seed}: ${rounds} rounds`,
    'faults:',
    listed(faults),
    'requests, and how they ended:',
    listed(ends),
    `VMs that libvirt held in a start that was cut off, let go as docs/troubleshooting.md says: ${held}`,
    usage,
    `forged frames: ${sent.toLocaleString('en')} sent by the two guests that ran all the while, ${seen} seen`,
    findings.length === 0 ? 'no findings: nothing leaked, nothing is left' : `${findings.length} findings:`,
    ...findings.slice(0, 50).map((finding) => `  ${finding}`),
  ].join('\n');
}

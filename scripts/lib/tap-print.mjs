const indented = (text, by) => text.trimEnd().replace(/^/gm, ' '.repeat(by));

/** What tap tells of a failure that helps nobody here. */
const noise = ['at', 'source', 'tapCaught', 'test', 'type', 'compare'];

function describe({ path, diag }) {
  const { at, diff, stack, ...rest } = diag ?? {};
  const more = Object.entries(rest)
    .filter(
      ([key, value]) => !noise.includes(key) && value !== '' && !(diff && ['found', 'wanted'].includes(key)),
    )
    .map(([key, value]) => `${key}: ${typeof value === 'string' ? value : JSON.stringify(value)}`);
  const where = stack ?? (at?.fileName ? `${at.fileName}:${at.lineNumber}` : '');
  const details = [diff, ...more, where].filter(Boolean).map((text) => indented(text, 2));
  return [path.join(' > '), ...details].join('\n');
}

function describeFault(fault, { exitCode, signal } = {}) {
  if (signal) return `${fault}; it was ended by ${signal}`;
  return exitCode ? `${fault}; it exited with code ${exitCode}` : fault;
}

/** Of a file that did not come to its end they say how far it came. */
const lastComments = 20;

/** Says how a test file went, and of a failed one all that is known. */
export function printFile(file) {
  const { name, seconds, passed, failed, failures, skipped, fault, comments, printed, end } = file;
  const counts = `${passed} passed${failed ? `, ${failed} failed` : ''}, ${seconds.toFixed(1)} s`;
  console.log(`  ${failed ? 'FAILED' : 'ok    '} ${name} (${counts})`);
  const detail = (text) => console.log(indented(text, 9));
  for (const { path, skip } of skipped) detail(`skipped: ${path.join(' > ')} (${skip})`);
  for (const failure of failures) detail(describe(failure));
  if (fault) detail([describeFault(fault, end), ...comments.slice(-lastComments)].join('\n'));
  if (failed && printed.length > 0) detail(`it printed:\n${printed.join('')}`);
}

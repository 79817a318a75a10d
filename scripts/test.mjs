// npm test: makes a machine ready for all checks and tests, and runs them until one fails. It starts no daemon of the
// machine and touches none: the tests on real hosts bring their own.
import { ensureLists } from './lib/apt.mjs';
import { isRoot } from './lib/packages.mjs';
import { prepare } from './lib/prepare.mjs';
import { Stop, WRONG_USE, main } from './lib/stop.mjs';
import { steps } from './lib/steps.mjs';

const seconds = (since) => `${((Date.now() - since) / 1000).toFixed(1)} s`;
const total = { passed: 0, failed: 0 };
const summary = [];

async function counted(run) {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    console.log(error.message);
    return { passed: 0, failed: 1 };
  }
}

async function runStep({ title, run }) {
  console.log(`\n== ${title}`);
  const began = Date.now();
  const { passed, failed, note } = await counted(run);
  total.passed += passed;
  total.failed += failed;
  const outcome = failed ? 'FAILED' : 'ok    ';
  const counts = `${passed} passed, ${failed} failed, ${seconds(began)}`;
  summary.push(`${outcome} ${title}: ${counts}${note ? `; ${note}` : ''}`);
  console.log(summary.at(-1));
  return failed === 0;
}

async function runAll() {
  const began = Date.now();
  await prepare(['build', 'host', 'testHosts', 'bench', 'examples', 'browser', 'image', 'package'], {
    mayInstall: true,
    services: false,
  });
  if (isRoot()) await ensureLists();
  summary.push(`ok     set-up: ${seconds(began)}`);
  const all = steps();
  const allowed = all.filter(({ needsRoot }) => !needsRoot || isRoot());
  for (const step of allowed) if (!(await runStep(step))) return 1;
  if (allowed.length === all.length) return 0;
  const left = all.filter((step) => !allowed.includes(step)).map(({ title }) => title);
  throw new Stop(
    `All that needs no root passed; not run, for it does: ${left.join('; ')}. Run npm test as root.`,
    WRONG_USE,
  );
}

await main(async () => {
  try {
    return await runAll();
  } catch (error) {
    if (!(error instanceof Stop && error.exitCode === WRONG_USE)) total.failed += 1;
    throw error;
  } finally {
    if (summary.length > 0 || total.failed > 0) {
      console.log(`\n== summary\n${summary.join('\n')}\n\n${total.passed} passed, ${total.failed} failed`);
    }
  }
});

// suite.mjs NAME… [FILE…]: runs the named suites of test files, or only the given files in the manner of the last. Builds
// what they need first, and installs nothing outside the checkout.
import { ensureBuilt } from './lib/build.mjs';
import { isRoot } from './lib/packages.mjs';
import { prepare } from './lib/prepare.mjs';
import { main, Stop, WRONG_USE } from './lib/stop.mjs';
import { suites } from './lib/suites.mjs';
import { runTap } from './lib/tap.mjs';

await main(async (args) => {
  const chosen = args.filter((arg) => arg in suites).map((name) => suites[name]);
  const files = args.filter((arg) => !(arg in suites));
  const needsRoot = chosen.some((suite) => suite.needsRoot);
  if (needsRoot && !isRoot()) {
    throw new Stop(
      'These tests start real libvirt hosts in namespaces: run them as root; `npm run test:unit` runs without.',
      WRONG_USE,
    );
  }
  const needs = chosen.flatMap((suite) => suite.needs ?? []);
  await prepare(needsRoot ? ['build', 'host', 'testHosts', 'bench', ...needs] : ['build'], {
    mayInstall: false,
  });
  if (needsRoot) await ensureBuilt('service');
  const runs = files.length > 0 ? [{ ...chosen.at(-1), files: () => files }] : chosen;
  let failed = 0;
  for (const suite of runs) {
    console.log(`\n${suite.title}`);
    const counts = await runTap(suite.files(), suite.tapArgs);
    failed += counts.failed;
    console.log(`  ${counts.passed} passed, ${counts.failed} failed`);
  }
  return failed > 0 ? 1 : 0;
});

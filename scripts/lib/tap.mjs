import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bin, nodeModules, root } from './paths.mjs';
import { ended, quietly } from './run.mjs';
import { report } from './tap-report.mjs';

/**
 * For how long tap may print nothing, ms: longer than any file's timeout, since of files that run side by side it prints
 * one at a time. After a file's timeout it can spin for ever.
 */
const silenceMs = 1_200_000;

/** tap's Test class is generated from its plugins: done again where it still has one that .taprc takes out. */
async function ensureTapBuilt() {
  const unwanted = readFileSync(join(root, '.taprc'), 'utf8').match(/(?<=^\s*- '!)[^']+/gm) ?? [];
  const built = readFileSync(join(nodeModules, '@tapjs/test/test-built/dist/esm/index.js'), 'utf8');
  if (unwanted.some((plugin) => built.includes(`'${plugin}'`) || built.includes(`"${plugin}"`))) {
    await quietly(bin('tap'), ['build']);
  }
}

/**
 * Runs test files and says how each went.
 * @returns how many assertions passed and failed; no test at all counts as one failure
 */
export async function runTap(files, tapArgs = []) {
  await ensureTapBuilt();
  const child = spawn(bin('tap'), ['run', '--reporter=tap', ...tapArgs, ...files], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const watchdog = setTimeout(() => {
    console.log(
      `tap has printed nothing for ${silenceMs / 1000} s and is ended: what it still had to run fails`,
    );
    child.kill('SIGKILL');
  }, silenceMs);
  child.stdout.on('data', () => watchdog.refresh());
  const [code, counts] = await Promise.all([ended(child), report(child.stdout)]);
  clearTimeout(watchdog);
  return { passed: counts.passed, failed: counts.failed || (code === 0 && counts.passed > 0 ? 0 : 1) };
}

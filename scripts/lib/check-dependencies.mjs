import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { judgeAudit, wrongInLock } from './dependencies.mjs';
import { root } from './paths.mjs';
import { Stop } from './stop.mjs';

/** What npm says as JSON, whatever its exit code: that tells also of what it found. */
function npm(...args) {
  const { stdout, error } = spawnSync('npm', [...args, '--json'], { cwd: root, encoding: 'utf8' });
  if (error) throw error;
  try {
    return JSON.parse(stdout);
  } catch {
    throw new Stop(`\`npm ${args.join(' ')}\` did not answer with JSON.`);
  }
}

/**
 * Looks at all that package-lock.json names.
 * @returns what is wrong, in sentences, how many checks passed, and why known flaws could not be asked for, if so
 */
export function checkDependencies() {
  const outOfStep = npm('ls', '--all', '--package-lock-only').problems ?? [];
  const lock = wrongInLock(JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')));
  const { advisories = [], notAudited } = judgeAudit(npm('audit', '--omit=dev', '--audit-level=moderate'));
  const checks = notAudited === undefined ? [outOfStep, lock, advisories] : [outOfStep, lock];
  return {
    wrong: checks.flat(),
    passed: checks.filter((found) => found.length === 0).length,
    ...(notAudited !== undefined && { note: `not audited: ${notAudited}` }),
  };
}

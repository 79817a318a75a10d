import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuilt } from './build.mjs';
import { checkDependencies } from './check-dependencies.mjs';
import { bin, root } from './paths.mjs';
import { captured } from './run.mjs';
import { suites } from './suites.mjs';
import { runTap } from './tap.mjs';

/** What a run of tap inside a command counted; any other command counts as one. */
function countsOf(text, code) {
  const [, pass, fail] = /^# \{ total: \d+, pass: (\d+)(?:, fail: (\d+))?/m.exec(text) ?? [];
  const passed = Number(pass ?? (code === 0 ? 1 : 0));
  return { passed, failed: Number(fail ?? 0) || (code === 0 && passed > 0 ? 0 : 1) };
}

/** A command that is shown only when it fails. */
const check = (title, command, args, env) => ({
  title,
  run: async () => {
    const { code, text } = await captured(command, args, env);
    const counts = countsOf(text, code);
    if (counts.failed > 0) console.log(text.trimEnd());
    return counts;
  },
});

const suite = ({ title, needsRoot, files, tapArgs }) => ({
  title,
  needsRoot,
  run: () => runTap(files(), tapArgs),
});

const build = {
  title: 'build',
  run: async () => {
    await ensureBuilt('service');
    return { passed: 1, failed: 0 };
  },
};

const dependencies = {
  title: 'dependencies',
  run: () => {
    const { wrong, passed, note } = checkDependencies();
    for (const sentence of wrong) console.log(sentence);
    return { passed, failed: wrong.length, note };
  },
};

const document = 'openapi/openapi.json';
const redoclyAlone = { REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };

/** What `npm test` runs, in order. */
export const steps = () => [
  check('types', bin('tsc'), ['-p', 'tsconfig.json']),
  check('types of the page', bin('tsc'), ['-p', 'src/web']),
  build,
  dependencies,
  check('lint', bin('eslint'), ['.']),
  ...(existsSync(join(root, document))
    ? [check('OpenAPI document', bin('redocly'), ['lint', document], redoclyAlone)]
    : []),
  check('format', bin('prettier'), ['--check', '.']),
  suite(suites.unit),
  suite(suites.binding),
  check('node-libvirt under AddressSanitizer', 'npm', ['run', 'test:asan', '-w', 'node-libvirt']),
  check('node-linux under AddressSanitizer', 'npm', ['run', 'test:asan', '-w', 'node-linux']),
  suite(suites.daemon),
  suite(suites.integration),
  suite(suites.e2e),
  suite(suites.faults),
  suite(suites.migration),
  suite(suites.image),
  suite(suites.package),
];

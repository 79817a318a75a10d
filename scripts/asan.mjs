// asan.mjs PACKAGE [TEST…]: builds the package's addon under AddressSanitizer and runs its tests, and more, with it.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const [name = '', ...more] = process.argv.slice(2);
const directory = join(root, name);
const addon = `${name.replace('-', '_')}.node`;

function run(command, args, options) {
  return spawnSync(command, args, { stdio: 'inherit', ...options }).status ?? 1;
}

// Beside the Release build, in the same directory.
for (const args of [['configure'], ['build', '--debug', '-j', 'max']]) {
  const status = run('npx', ['node-gyp', ...args], { cwd: directory });
  if (status !== 0) process.exit(status);
}

// Resident memory says nothing under ASan, which keeps in quarantine what was freed.
const tests = readdirSync(join(directory, 'test'))
  .filter((file) => file.endsWith('.test.ts') && file !== 'memory.test.ts')
  .map((file) => `${name}/test/${file}`);
const reports = mkdtempSync(join(tmpdir(), `${name}-asan-`));
let status = run('npx', ['tap', '--timeout=600', '--jobs=1', ...tests, ...more], {
  cwd: root,
  env: {
    ...process.env,
    ADDON_BUILD: 'Debug',
    LD_PRELOAD: execFileSync('g++', ['-print-file-name=libasan.so'], { encoding: 'utf8' }).trim(),
    ASAN_OPTIONS: `detect_leaks=1:log_path=${join(reports, 'report')}`,
    // node itself leaks at exit, by design: whose a leak is, is read off its stack below.
    LSAN_OPTIONS: 'exitcode=0',
  },
});

let leaks = 0;
for (const report of readdirSync(reports)) {
  const text = readFileSync(join(reports, report), 'utf8');
  if (text.includes('ERROR: AddressSanitizer')) {
    console.error(text);
    status = 1;
  }
  // it could not look for leaks, and has ended the process instead
  if (text.includes('LeakSanitizer has encountered a fatal error')) console.error(text);
  for (const leak of text.split(/\n\n/).filter((part) => /leak of \d+ byte/.test(part))) {
    // Ours, and what a library allocated for us; not what node allocated when we called it.
    const ours = leak.indexOf(addon);
    const nodes = leak.indexOf(process.execPath);
    if (ours < 0 || (nodes >= 0 && nodes < ours)) continue;
    console.error(leak + '\n');
    leaks++;
  }
}
rmSync(reports, { recursive: true });
console.log(`AddressSanitizer: ${leaks} leaks of the addon's`);
process.exit(status || (leaks > 0 ? 1 : 0));

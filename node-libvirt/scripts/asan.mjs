// Builds the addon under AddressSanitizer and runs the tests with it: npm run test:asan [-- more tests]
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('..', import.meta.url));
const root = fileURLToPath(new URL('../..', import.meta.url));

function run(command, args, options) {
  return spawnSync(command, args, { stdio: 'inherit', ...options }).status ?? 1;
}

// Beside the Release build, in the same directory.
for (const args of [['configure'], ['build', '--debug', '-j', 'max']]) {
  const status = run('npx', ['node-gyp', ...args], { cwd: here });
  if (status !== 0) process.exit(status);
}

// Resident memory says nothing under ASan, which keeps in quarantine what was freed.
const tests = readdirSync(new URL('../test', import.meta.url))
  .filter((name) => name.endsWith('.test.ts') && name !== 'memory.test.ts')
  .map((name) => `node-libvirt/test/${name}`);
const reports = mkdtempSync(join(tmpdir(), 'node-libvirt-asan-'));
let status = run('npx', ['tap', '--timeout=600', '--jobs=1', ...tests, ...process.argv.slice(2)], {
  cwd: root,
  env: {
    ...process.env,
    NODE_LIBVIRT_BUILD: 'Debug',
    LD_PRELOAD: execFileSync('g++', ['-print-file-name=libasan.so'], { encoding: 'utf8' }).trim(),
    ASAN_OPTIONS: `detect_leaks=1:log_path=${join(reports, 'report')}`,
    // node itself leaks at exit, by design: whose a leak is, is read off its stack below.
    LSAN_OPTIONS: 'exitcode=0',
  },
});

let leaks = 0;
for (const name of readdirSync(reports)) {
  const text = readFileSync(join(reports, name), 'utf8');
  if (text.includes('ERROR: AddressSanitizer')) {
    console.error(text);
    status = 1;
  }
  for (const leak of text.split(/\n\n/).filter((part) => /leak of \d+ byte/.test(part))) {
    // Ours, and what libvirt allocated for us; not what node allocated when we called it.
    const ours = leak.indexOf('node_libvirt.node');
    const nodes = leak.indexOf(process.execPath);
    if (ours < 0 || (nodes >= 0 && nodes < ours)) continue;
    console.error(leak + '\n');
    leaks++;
  }
}
rmSync(reports, { recursive: true });
console.log(`AddressSanitizer: ${leaks} leaks of the addon's`);
process.exit(status || (leaks > 0 ? 1 : 0));

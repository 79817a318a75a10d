import { join } from 'node:path';
import { root } from './paths.mjs';

/**
 * How the service is run, as packaging/systemd does it, too. V8 lets the heap grow less before it collects garbage, and the
 * binding's threads share two of malloc's arenas: it takes less memory, of which `npm run bench` shows the peak.
 */
export const service = {
  program: process.execPath,
  args: ['--optimize-for-size', join(root, 'dist/cli/index.js'), 'serve'],
  env: { MALLOC_ARENA_MAX: '2' },
};

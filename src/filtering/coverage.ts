import { readFileSync } from 'node:fs';
import type { AttackMatrix } from '../schemas/nwfilter-coverage.js';

/** The file is written by `npm run coverage`, and a test fails when a filter does otherwise. */
export const readCoverage = (): AttackMatrix =>
  JSON.parse(readFileSync(new URL('../../filters/coverage.json', import.meta.url), 'utf8')) as AttackMatrix;

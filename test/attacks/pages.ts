import { readFileSync } from 'node:fs';
import { format } from 'prettier';
import type { AttackMatrix } from '../../src/schemas/nwfilter-coverage.js';
import { withMatrix } from './matrix.js';

export const overview = new URL('../../docs/filters/README.md', import.meta.url);

/** The overview of the filters as it has to be with this coverage. */
export const overviewWith = (data: AttackMatrix): Promise<string> =>
  format(withMatrix(readFileSync(overview, 'utf8'), data), { parser: 'markdown' });

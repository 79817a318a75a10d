import { readFileSync } from 'node:fs';
import t from 'tap';
import { findingRemedies } from '../../src/enforcement/finding.js';

const page = readFileSync('docs/enforcement.md', 'utf8');

for (const code of Object.keys(findingRemedies))
  t.match(page, `\`${code}\``, `docs/enforcement.md tells of ${code}`);

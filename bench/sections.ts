import { fresh } from './rows/fresh.js';
import { lasting } from './rows/lasting.js';
import { lists } from './rows/lists.js';
import { profile } from './rows/profile.js';
import { running } from './rows/running.js';
import { single } from './rows/single.js';
import { starts } from './rows/starts.js';
import type { Section } from './section.js';

/** The parts of the bench, in the order in which they run. */
export const sections = { lists, single, starts, running, fresh, profile, lasting } satisfies Record<
  string,
  Section
>;
export type SectionName = keyof typeof sections;

import { lists } from './rows/lists.js';
import type { Section } from './section.js';

/** The parts of the bench, in the order in which they run. */
export const sections = {
  lists,
} satisfies Record<string, Section>;
export type SectionName = keyof typeof sections;

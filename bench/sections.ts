import { events } from './rows/events.js';
import { lists } from './rows/lists.js';
import { mixed } from './rows/mixed.js';
import { peak } from './rows/peak.js';
import { ready } from './rows/ready.js';
import { running } from './rows/running.js';
import { single } from './rows/single.js';
import { starts } from './rows/starts.js';
import type { Section } from './section.js';

/** The parts of the bench, in the order in which they run. */
export const sections = {
  lists,
  single,
  starts,
  running,
  peak,
  mixed,
  ready,
  events,
} satisfies Record<string, Section>;
export type SectionName = keyof typeof sections;

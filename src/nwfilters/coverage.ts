import { readCoverage } from '../filtering/coverage.js';
import { isAsShipped } from '../filtering/shipped.js';
import type { NwfilterCoverage } from '../schemas/nwfilter-coverage.js';

const measured = new Map(readCoverage().filters.map(({ filter, ...coverage }) => [filter, coverage]));

/** What a filter was seen to do: undefined for one that does not come with the service, or that was changed since. */
export const coverageOf = (name: string, xml: string): NwfilterCoverage | undefined =>
  isAsShipped(name, xml) ? measured.get(name) : undefined;

import type { Filter } from '../nwfilter/model.js';
import type { VmContext } from '../vms/context.js';
import { checkReferences, demandOwn } from './check.js';
import { demandFree } from './define.js';
import { readFacts } from './read.js';
import { checkReplacement } from './replace.js';

/**
 * Checks a filter as if it were to be defined, or to replace the one of its name, and changes nothing. What only libvirt's
 * schema knows is not asked: libvirt looks at it when it defines.
 * @throws Problem as createFilter and replaceFilter do
 */
export async function demandTakeable(
  context: VmContext,
  filter: Filter,
  { replaces }: { replaces: boolean },
): Promise<void> {
  const facts = await readFacts(context.connection);
  if (replaces) {
    await checkReplacement(context, facts, filter);
    return;
  }
  demandOwn(filter.name);
  checkReferences(facts, filter);
  demandFree(facts, filter);
}

import { fieldProblem, Problem } from '../errors.js';
import { isComposedName } from '../filtering/composed.js';
import { isShippedName } from '../filtering/shipped.js';
import { type Filter, isRef } from '../nwfilter/model.js';
import type { FilterFacts } from './read.js';

/**
 * How many rules and references a filter may come to. libvirt goes through each as often as it is referred to, and takes
 * milliseconds to make a rule for a NIC.
 */
const most = 2000;

/** @throws Problem nwfilter-managed for a filter that comes with the service */
export function demandOwn(name: string): void {
  if (!isShippedName(name)) return;
  throw new Problem(
    'nwfilter-managed',
    `The filter ${name} comes with the service, which keeps it as it is: define one of another name.`,
  );
}

/**
 * Checks a filter against the others of the host: libvirt defines one whose references do not exist.
 * @throws Problem invalid-request, nwfilter-not-found, nwfilter-loop naming the reference
 */
export function checkReferences({ catalog }: FilterFacts, { name, entries }: Filter): void {
  if (isComposedName(name))
    throw fieldProblem('invalid-request', '/name', 'is one that the service keeps for lists');
  let size = 0;
  entries.forEach((entry, i) => {
    size += 1;
    if (!isRef(entry)) return;
    const { ref } = entry;
    const path = `/entries/${i}/ref`;
    if (isComposedName(ref))
      throw fieldProblem('invalid-request', path, 'names a filter that the service made of a list');
    if (ref === name || catalog.contains(ref, name))
      throw fieldProblem('nwfilter-loop', path, `names ${ref}, which leads back to ${name}`);
    const { missing } = catalog.tree([ref]);
    if (missing.includes(ref))
      throw fieldProblem('nwfilter-not-found', path, `names a filter that libvirt does not have: ${ref}`);
    if (missing.length > 0) {
      const what = `names ${ref}, which refers to ${missing.join(', ')}, and libvirt does not have that`;
      throw fieldProblem('nwfilter-not-found', path, what);
    }
    size += catalog.size(ref);
    if (size > most)
      throw fieldProblem(
        'invalid-request',
        path,
        `makes more than ${most} rules and references of the filter`,
      );
  });
}

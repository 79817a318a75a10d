import { type FieldError, Problem } from '../errors.js';
import { controlVariables } from '../filtering/catalog.js';
import { wrongValue } from '../filtering/parameters.js';
import { demandNone } from '../nwfilter/demand-none.js';
import { filterFromLibvirt } from '../nwfilter/from-xml.js';
import { inOrderOfEvaluation } from '../nwfilter/rules/evaluation.js';
import { kernelChains } from '../nwfilter/rules/kernel-chains.js';
import { type FilteredNic, type KernelChain, RulesError } from '../nwfilter/rules/model.js';
import { readable } from '../nwfilter/rules/readable.js';
import type { NwfilterPreview, PreviewQuery } from '../schemas/nwfilter-preview.js';
import { type FilterFacts, xmlOf } from './read.js';

/** There is no NIC yet, and so no tap. */
const port = 'vnet0';

type Parameters = FilteredNic['parameters'];

/** @throws Problem invalid-request naming each variable that is wrong, missing, or none of the filter's */
function checkVariables({ catalog }: FilterFacts, name: string, parameters: Parameters): void {
  const needed = catalog.variables([name]);
  const errors: FieldError[] = parameters.flatMap(({ name: variable, value }) => {
    const path = `query/${variable}`;
    if (variable === 'MAC') return [{ path, message: "is the NIC's own, which is given as mac" }];
    if (!needed.has(variable) && !controlVariables.has(variable))
      return [{ path, message: `is no variable that the filter ${name} uses` }];
    const wrong = wrongValue(variable, value);
    return wrong === undefined ? [] : [{ path, message: wrong }];
  });
  const given = new Set(parameters.map((parameter) => parameter.name));
  const missing = [...needed].filter((variable) => !given.has(variable)).sort();
  demandNone([
    ...errors,
    ...missing.map((variable) => ({
      path: `query/${variable}`,
      message: `must be given: the filter ${name} needs it`,
    })),
  ]);
}

/** @throws Problem nwfilter-not-found, invalid-request, libvirt-refused */
function chainsOf(facts: FilterFacts, name: string, nic: FilteredNic): KernelChain[] {
  const { filters, missing } = facts.catalog.tree([name]);
  if (missing.length > 0)
    throw new Problem(
      'nwfilter-not-found',
      `The filter ${name} refers to ${missing.join(', ')}, which libvirt does not have.`,
    );
  const tree = filters.flatMap(({ name: part }) => {
    const xml = facts.xmls.get(part);
    return xml === undefined ? [] : [filterFromLibvirt(xml)];
  });
  try {
    return kernelChains(new Map(tree.map((filter) => [filter.name, filter])), name, nic);
  } catch (error) {
    if (!(error instanceof RulesError)) throw error;
    if (error.variable !== undefined)
      demandNone([
        { path: `query/${error.variable === 'MAC' ? 'mac' : error.variable}`, message: error.message },
      ]);
    throw new Problem('libvirt-refused', `No NIC can have the filter ${name}: ${error.message}.`, {
      cause: error,
    });
  }
}

/**
 * The rules that a NIC with a filter and these parameters would get.
 * @throws Problem nwfilter-unknown, nwfilter-not-found; invalid-request naming the variable; libvirt-refused
 */
export function previewOf(facts: FilterFacts, name: string, query: PreviewQuery): NwfilterPreview {
  xmlOf(facts, name);
  const { mac = '', ...variables } = query;
  const parameters = Object.entries(variables).flatMap(([variable, values]) =>
    [values ?? []].flat().map((value) => ({ name: variable, value })),
  );
  checkVariables(facts, name, parameters);
  const chains = chainsOf(facts, name, { port, mac, parameters });
  const rules = inOrderOfEvaluation(chains).map(
    ({ table, direction, chain, text, verdict, to, tied, source }) => ({
      table,
      direction,
      chain,
      text: readable(table, text),
      verdict,
      ...(to !== undefined && { to }),
      ...(tied !== undefined && { tied: true }),
      ...(source && {
        filter: source.path.at(-1) ?? '',
        path: [...source.path],
        action: source.rule.action,
        priority: source.rule.priority,
      }),
    }),
  );
  return { filter: name, mac, port, rules };
}

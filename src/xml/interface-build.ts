import { type FilterParameter } from './interface.js';
import { type Element, element } from './tree.js';

/** Everything that goes into a new NIC's XML; all of it checked before. */
export interface InterfaceSpec {
  mac: string;
  source: { type: 'bridge'; bridge: string } | { type: 'network'; network: string } | { type: 'ethernet' };
  model: string;
  linkState: 'up' | 'down';
  /** The one filter, which may be a composed one; undefined: none. */
  filter: string | undefined;
  filterParameters: readonly FilterParameter[];
}

export function buildInterface(spec: InterfaceSpec): Element {
  const { mac, source, model, linkState, filter, filterParameters } = spec;
  const { type, ...where } = source;
  const parameters = filterParameters.map(({ name, value }) => element('parameter', { name, value }));
  return element('interface', { type }, [
    element('mac', { address: mac }),
    type === 'ethernet' ? undefined : element('source', where),
    element('model', { type: model }),
    element('link', { state: linkState }),
    filter === undefined ? undefined : element('filterref', { filter }, parameters),
  ]);
}

import type { TestHost } from '../hosts/index.js';
import type { Effect } from './row.js';
import type { Lane } from './stage.js';

interface NeighbourJson {
  dst: string;
  lladdr?: string;
}
interface RouteJson {
  dst: string;
  gateway?: string;
  nexthops?: { gateway: string }[];
}

const parse = <T>(text: string): T[] => JSON.parse(text || '[]') as T[];

/** What the victim of a lane believes now, and where the host sends frames. */
export async function effectsOn(
  host: TestHost,
  { observer, bridge }: Lane,
): Promise<(effect: Effect) => boolean> {
  const neighbours = [
    ...parse<NeighbourJson>(await observer.run('ip', ['-4', '-j', 'neigh', 'show', 'dev', 'eth0'])),
    ...parse<NeighbourJson>(await observer.run('ip', ['-6', '-j', 'neigh', 'show', 'dev', 'eth0'])),
  ];
  const routes = parse<RouteJson>(await observer.run('ip', ['-6', '-j', 'route', 'show', 'default']));
  const ports = parse<{ mac: string }>(await host.run('bridge', ['-j', 'fdb', 'show', 'br', bridge]));
  return (effect) => {
    if (effect.in === 'neighbours')
      return neighbours.some(({ dst, lladdr }) => dst === effect.address && lladdr === effect.mac);
    if (effect.in === 'forwarding-table') return ports.some(({ mac }) => mac === effect.mac);
    return routes
      .flatMap(({ gateway, nexthops = [] }) => [gateway, ...nexthops.map((hop) => hop.gateway)])
      .includes(effect.via);
  };
}

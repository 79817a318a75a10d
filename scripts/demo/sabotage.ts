import type { TestHost } from '../../test/hosts/index.js';
import type { EventStream } from '../../test/integration/event-stream.js';
import type { Service } from '../../test/integration/service.js';
import { type Actor, demandEnforced } from './actor.js';
import { within } from './expected.js';
import { say } from './screen.js';

/** What somebody with root on the host does behind the service's back. */
interface Sabotage {
  what: string;
  command: [string, ...string[]];
}

/** After how many seconds each was found and put right. */
export interface Mended {
  found: number;
  repaired: number;
}

const patienceSeconds = 30;

/** Of the two layers that a NIC has, each is broken once. */
export const sabotages = (tap: string): Sabotage[] => [
  {
    what: "empties libvirt's rules against forged MAC addresses",
    command: ['ebtables', '-t', 'nat', '-F', `I-${tap}-mac`],
  },
  {
    what: "empties the service's own guard at the tap",
    command: ['nft', 'flush', 'chain', 'netdev', 'virtwarden_guard', `tap_${tap}`],
  },
];

/** Does it, and sees it named and mended. */
export async function commit(
  { what, command: [program, ...args] }: Sabotage,
  at: { host: TestHost; service: Service; events: EventStream; victim: Actor },
): Promise<Mended> {
  const { host, service, events, victim } = at;
  const since = events.events.length;
  const began = Date.now();
  say('sabotage', `somebody ${what}:`);
  say('sabotage', `# ${[program, ...args].join(' ')}`);
  await host.run(program, args);
  const next = async (type: 'enforcement.drifted' | 'enforcement.repaired', otherwise: string) => {
    const event = events.next(type, { nic: victim.mac }, since);
    const { time } = await within(patienceSeconds, event, otherwise);
    return (Date.parse(time) - began) / 1000;
  };
  const found = await next('enforcement.drifted', 'the sabotage was not found');
  const repaired = await next('enforcement.repaired', 'the sabotage was not put right');
  await demandEnforced(service, victim);
  return { found, repaired };
}

import { readShippedFilters } from '../../src/filtering/shipped.js';
import { Guest, type Observer, startHost, type TestHost } from '../hosts/index.js';
import { attacker, castOf, victim } from './cast.js';
import { type FilterUnderAttack, parametersFor } from './filters.js';
import type { Row } from './row.js';

/** One NIC of the attacker with its filter, and the victim on the bridge of its own that it is on. */
export interface Lane {
  filter: FilterUnderAttack;
  number: number;
  bridge: string;
  ifname: string;
  observer: Observer;
}

/** A host with one guest, which has a NIC for each filter. */
export class Stage implements AsyncDisposable {
  readonly host: TestHost;
  readonly guest: Guest;
  readonly lanes: readonly Lane[];

  private constructor(host: TestHost, guest: Guest, lanes: Lane[]) {
    this.host = host;
    this.guest = guest;
    this.lanes = lanes;
  }

  static async set(filters: readonly FilterUnderAttack[], rows: readonly Row[]): Promise<Stage> {
    const bridges = filters.map((_, i) => `br${i}`);
    const host = await startHost({ bridges });
    try {
      for (const { xml } of readShippedFilters())
        await host.virshXml(xml, 'nwfilter-define', '--validate', '@');
      const nics = filters.map((filter, i) => ({
        bridge: `br${i}`,
        mac: attacker(i).mac,
        ...(filter.name !== undefined && { filter: filter.name }),
        parameters: parametersFor(filter, attacker(i)),
      }));
      await host.defineGuest({ name: 'attacker', nics });
      const observers = await Promise.all(bridges.map((bridge) => openVictim(host, bridge, truths(rows))));
      const guest = await (await Guest.attach(host, 'attacker')).ready();
      const interfaces = await guest.interfaces();
      const lanes = filters.map((filter, number) => {
        const ifname = interfaces.find(({ mac }) => mac === attacker(number).mac)?.name;
        const observer = observers[number];
        if (!ifname || !observer) throw new Error(`the guest has no NIC ${number}`);
        return { filter, number, bridge: `br${number}`, ifname, observer };
      });
      for (const { ifname } of lanes) await guest.up(ifname);
      return new Stage(host, guest, lanes);
    } catch (error) {
      await host.stop();
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.guest.detach();
    await this.host.stop();
  }
}

interface Neighbour {
  address: string;
  mac: string;
}

/** Where those are whose neighbour entries the rows want to change; a kernel has room for a thousand in all. */
const truths = (rows: readonly Row[]): Neighbour[] =>
  rows.flatMap((row, i) => {
    const cast = castOf(0, i);
    const effect = row.effect?.(cast);
    return effect?.in === 'neighbours' ? [{ address: effect.address, mac: cast.other.mac }] : [];
  });

/** A Linux host that has just talked to all whom the rows pretend to be, and takes any newer word for true. */
async function openVictim(host: TestHost, bridge: string, known: readonly Neighbour[]): Promise<Observer> {
  const observer = await host.observer(bridge, { mac: victim.mac, ip: `${victim.ip}/16` });
  const settings = [
    'ipv4/neigh/eth0/locktime=0',
    'ipv4/neigh/eth0/delay_first_probe_time=600',
    'ipv6/neigh/eth0/delay_first_probe_time=600',
  ];
  const write = settings.map((setting) => {
    const [path, value] = setting.split('=');
    return `echo ${value} >/proc/sys/net/${path}`;
  });
  await observer.run('sh', ['-ec', write.join('\n')]);
  const entries = known.map(
    ({ address, mac }) => `neigh replace ${address} lladdr ${mac} dev eth0 nud stale`,
  );
  const input = [`addr add ${victim.ip6}/64 dev eth0 nodad`, ...entries, ''].join('\n');
  await observer.run('ip', ['-batch', '-'], { input });
  return observer;
}

import type { Place } from '../cpus.js';
import type { Wanted } from '../goals.js';
import type { Measured } from '../measured.js';
import { serviceName } from '../peers/service.js';
import type { Plan } from '../plan.js';
import { listRow, many, stateRow } from '../rows/lists.js';

/** What the lists of VMs are to be. */
export function listGoals(measured: Measured, { sizes: { small, middle, large } }: Plan): Wanted[] {
  const full = (size: number, place: Place, atMost: number): Wanted => ({
    name: `changing list of ${size} against C, one client, ${place}`,
    value: measured.ratio(listRow({ size, clients: 1, place, live: true }), 'raw full'),
    atMost,
  });
  const crowd = (size: number, live: boolean): string =>
    listRow({ size, clients: many, place: 'free', live });
  const against = `against FastAPI, ${many} clients`;
  const sizes = [middle, large];
  const perVm = (size: number): number =>
    measured.latency(listRow({ size, clients: 1, place: 'free', live: true }), serviceName) / size;
  return [
    full(large, 'free', 0.65),
    full(large, 'pinned', 1.1),
    full(middle, 'free', 0.7),
    full(small, 'free', 1.1),
    ...sizes.flatMap((size): Wanted[] => [
      {
        name: `changing list of ${size} ${against}, requests per second`,
        value: measured.ratio(crowd(size, true), 'fastapi', 'perSecond'),
        atLeast: 30,
      },
      {
        name: `changing list of ${size} ${against}, p99`,
        value: measured.ratio(crowd(size, true), 'fastapi', 'p99'),
        atMost: 0.1,
      },
    ]),
    ...sizes.map((size) => ({
      name: `unchanged list of ${size} ${against}, requests per second`,
      value: measured.ratio(crowd(size, false), 'fastapi', 'perSecond'),
      atLeast: 500,
    })),
    {
      name: `short list of ${large} against C's call for the states`,
      value: measured.ratio(stateRow(large), 'raw state'),
      atMost: 1.5,
    },
    {
      name: `cost per VM, changing list, ${large} against ${middle}`,
      value: perVm(large) / perVm(middle),
      atMost: 1.05,
    },
  ];
}

import { listRow, many, stateRow } from './rows/lists.js';
import type { Place } from './cpus.js';
import type { Plan } from './plan.js';
import { serviceName } from './peers/service.js';
import type { Figure, Latency, Row } from './rows.js';

/** A goal of the project, with what was measured; null where there was nothing to measure. */
export interface Goal {
  name: string;
  /** In words. */
  goal: string;
  value: number | null;
  met: boolean;
  limit: number;
  /** Whether the value is to be at least the limit; else at most. */
  atLeast: boolean;
  unit: string;
}

/** What was measured, by row and contestant. */
class Measured {
  readonly #rows: readonly Row[];
  constructor(rows: readonly Row[]) {
    this.#rows = rows;
  }
  #find(row: string, who: string): Row | undefined {
    return this.#rows.find((one) => one.row === row && one.who === who);
  }
  /** How long requests took, or NaN for one who was not there. */
  latency(row: string, who: string, what: 'p50' | 'p99' | 'perSecond' = 'p50'): number {
    return (this.#find(row, who) as Latency | undefined)?.[what] ?? NaN;
  }
  figure(row: string): number {
    return (this.#find(row, serviceName) as Figure | undefined)?.value ?? NaN;
  }
  /** The service against somebody else in the same row. */
  ratio(row: string, who: string, what: 'p50' | 'p99' | 'perSecond' = 'p50'): number {
    return this.latency(row, serviceName, what) / this.latency(row, who, what);
  }
}

interface Wanted {
  name: string;
  value: number;
  unit?: string;
  atMost?: number;
  atLeast?: number;
}

function judge({ name, value, unit = '×', atMost = NaN, atLeast }: Wanted): Goal {
  const limit = atLeast ?? atMost;
  const known = Number.isFinite(value);
  return {
    name,
    goal: `${atLeast === undefined ? '≤' : '≥'} ${limit} ${unit}`,
    value: known ? value : null,
    met: known && (atLeast === undefined ? value <= limit : value >= limit),
    limit,
    atLeast: atLeast !== undefined,
    unit,
  };
}

function listGoals(measured: Measured, { sizes: { small, middle, large } }: Plan): Wanted[] {
  const full = (size: number, place: Place, atMost: number): Wanted => ({
    name: `list of ${size} against C, one client, ${place}`,
    value: measured.ratio(listRow({ size, clients: 1, place }), 'raw full'),
    atMost,
  });
  const crowd = (size: number, live: boolean): string =>
    listRow({ size, clients: many, place: 'free', live });
  const against = `against FastAPI, ${many} clients`;
  const sizes = [middle, large];
  const perVm = (size: number): number =>
    measured.latency(listRow({ size, clients: 1, place: 'free' }), serviceName) / size;
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
    { name: `cost per VM, ${large} against ${middle}`, value: perVm(large) / perVm(middle), atMost: 1.05 },
  ];
}

/** Every goal, with what the rows say of it. */
export function judgeGoals(rows: readonly Row[], plan: Plan): Goal[] {
  const measured = new Measured(rows);
  return listGoals(measured, plan).map(judge);
}

import type { Wanted } from '../goals.js';
import type { Measured } from '../measured.js';
import { serviceName } from '../peers/service.js';
import type { Plan } from '../plan.js';
import { growthRow } from '../rows/mixed.js';
import { peakRow } from '../rows/peak.js';
import { readyRow } from '../rows/ready.js';
import { reads, redefineRow, restRow, verdictRow } from '../rows/running.js';
import { filterRow, vmRow } from '../rows/single.js';
import { startRow } from '../rows/starts.js';

/** How much longer the slowest of the reads takes while a filter is redefined. */
const slowdown = (measured: Measured): number =>
  Math.max(
    ...Object.keys(reads).map(
      (read) =>
        measured.latency(redefineRow(read), serviceName, 'p99') /
        measured.latency(restRow(read), serviceName, 'p99'),
    ),
  );

/** What everything but the lists is to be. */
export function otherGoals(measured: Measured, { sizes, nics, goalNics }: Plan): Wanted[] {
  const perNic = (count: number): number => measured.latency(verdictRow(count), serviceName) / count;
  return [
    { name: 'change of a filter against C', value: measured.ratio(filterRow, 'raw'), atMost: 1.4 },
    { name: 'one VM against C', value: measured.ratio(vmRow, 'raw'), atMost: 1.6 },
    {
      name: "start of a VM with one filtered NIC against libvirt's own",
      value: measured.ratio(startRow, 'raw'),
      atMost: 1.1,
    },
    {
      name: `verdicts of ${goalNics} NICs`,
      value: measured.latency(verdictRow(goalNics), serviceName),
      unit: 'ms',
      atMost: 100,
    },
    ...nics
      .filter((count) => count > goalNics)
      .map((count) => ({
        name: `verdicts, cost per NIC, ${count} against ${goalNics}`,
        value: perNic(count) / perNic(goalNics),
        atMost: 1.05,
      })),
    {
      name: 'p99 of reads while a filter in use is redefined, against at rest',
      value: slowdown(measured),
      atMost: 3,
    },
    {
      name: `peak memory, ${sizes.large} VMs, 4 clients`,
      value: measured.figure(peakRow(sizes.large)),
      unit: 'MB',
      atMost: 140,
    },
    {
      name: 'memory after all mixed requests, against after a fifth of them',
      value: measured.figure(growthRow),
      atMost: 1.1,
    },
    {
      name: `ready after its start, ${sizes.large} VMs`,
      value: measured.latency(readyRow(sizes.large), serviceName) / 1000,
      unit: 's',
      atMost: 1,
    },
  ];
}

import {
  type Domain,
  VIR_DOMAIN_JOB_DISK_BPS,
  VIR_DOMAIN_JOB_DISK_REMAINING,
  VIR_DOMAIN_JOB_DISK_TOTAL,
  VIR_DOMAIN_JOB_DOWNTIME,
  VIR_DOMAIN_JOB_MEMORY_BPS,
  VIR_DOMAIN_JOB_MEMORY_ITERATION,
  VIR_DOMAIN_JOB_MEMORY_REMAINING,
  VIR_DOMAIN_JOB_MEMORY_TOTAL,
  VIR_DOMAIN_JOB_NONE,
  VIR_DOMAIN_JOB_TIME_ELAPSED,
} from 'node-libvirt';
import type { Migration } from '../schemas/migration.js';

/** What libvirt tells of a migration that is under way. */
export type Figures = Omit<Migration, 'destinationUri' | 'where' | 'nics'>;

/** libvirt's figures now; undefined while there is no job, or nobody can tell. */
export async function readFigures(domain: Domain): Promise<Figures | undefined> {
  const job = await domain.getJobStats().catch(() => undefined);
  if (!job || job.type === VIR_DOMAIN_JOB_NONE) return undefined;
  const figure = (name: string): number | undefined => {
    const value = job.params[name];
    return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : undefined;
  };
  const speeds = [figure(VIR_DOMAIN_JOB_MEMORY_BPS), figure(VIR_DOMAIN_JOB_DISK_BPS)].filter(
    (speed) => speed !== undefined,
  );
  const figures: Record<keyof Figures, number | undefined> = {
    memoryTotalBytes: figure(VIR_DOMAIN_JOB_MEMORY_TOTAL),
    memoryRemainingBytes: figure(VIR_DOMAIN_JOB_MEMORY_REMAINING),
    diskTotalBytes: figure(VIR_DOMAIN_JOB_DISK_TOTAL),
    diskRemainingBytes: figure(VIR_DOMAIN_JOB_DISK_REMAINING),
    bytesPerSecond: speeds.length > 0 ? speeds.reduce((sum, speed) => sum + speed, 0) : undefined,
    iteration: figure(VIR_DOMAIN_JOB_MEMORY_ITERATION),
    elapsedMs: figure(VIR_DOMAIN_JOB_TIME_ELAPSED),
    downtimeMs: figure(VIR_DOMAIN_JOB_DOWNTIME),
  };
  return Object.fromEntries(Object.entries(figures).filter(([, value]) => value !== undefined));
}

/** Whether QEMU sends memory by now. */
export const isSending = ({ memoryTotalBytes = 0 }: Figures): boolean => memoryTotalBytes > 0;

/** How much of all is there, 0 to 1; undefined while it is not known how much there is. */
export function shareOf({
  memoryTotalBytes = 0,
  memoryRemainingBytes = 0,
  diskTotalBytes = 0,
  diskRemainingBytes = 0,
}: Figures): number | undefined {
  const total = memoryTotalBytes + diskTotalBytes;
  // before memory is sent, libvirt says nothing of it
  if (memoryTotalBytes === 0) return undefined;
  return 1 - (memoryRemainingBytes + diskRemainingBytes) / total;
}

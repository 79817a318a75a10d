import { VIR_ERR_MIGRATE_UNSAFE } from 'node-libvirt';
import { libvirtCause, Problem, toProblem } from '../errors.js';
import type { Machine } from './machine.js';

/** Whether libvirt on the destination has no such filter. */
export const isMissingFilter = (error: unknown): boolean =>
  /referenced filter .* is missing/.test(libvirtCause(error)?.message ?? '');

/** libvirt's errors of two hosts at once say little of which: they are those of a migration. */
export function asMigrationProblem(error: unknown, { now }: Machine): Problem | undefined {
  if (error instanceof Problem) return error;
  const cause = libvirtCause(error);
  if (!cause) return toProblem(error);
  const said = cause.message;
  const bridge = now.interfaces.find(
    (nic) => nic.bridge !== undefined && said.includes(`'${nic.bridge}'`) && said.includes('No such device'),
  );
  if (bridge)
    return new Problem('source-not-found', `The destination has no bridge ${bridge.bridge ?? ''}: ${said}.`, {
      cause: error,
    });
  const hint =
    cause.code === VIR_ERR_MIGRATE_UNSAFE
      ? ' Its disks must be on storage that both hosts share, or be copied: copyStorage.'
      : '';
  return new Problem('migration-failed', `libvirt could not move the VM: ${said}.${hint}`, { cause: error });
}

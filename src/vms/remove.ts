import {
  type Connection,
  type Domain,
  VIR_DOMAIN_UNDEFINE_MANAGED_SAVE,
  VIR_DOMAIN_UNDEFINE_NVRAM,
  VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA,
  VIR_DOMAIN_XML_INACTIVE,
} from 'node-libvirt';
import { Problem } from '../errors.js';
import { sweepComposed } from '../filtering/composed.js';
import { allDomainXmls } from '../libvirt/domain-xmls.js';
import { type DomainDescription, readDomain } from '../xml/domain.js';
import type { VolumeRecord } from '../xml/metadata.js';
import type { VmContext } from './context.js';
import { findVm } from './find.js';
import { seedsOf } from './seed-path.js';
import { removeSeed } from './seed.js';
import { deleteVolume } from './volumes.js';

/** Undefines a VM with all that libvirt keeps of it; its disks stay. @throws LibvirtError */
export async function undefineVm(domain: Domain): Promise<void> {
  await domain.undefine(
    VIR_DOMAIN_UNDEFINE_MANAGED_SAVE | VIR_DOMAIN_UNDEFINE_NVRAM | VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA,
  );
}

/** Pulls the plug. The caller holds the VM's lock. @throws Problem vm-state-conflict when it is off */
export async function stopVm(context: VmContext, domain: Domain): Promise<void> {
  if (!(await domain.isActive())) {
    throw new Problem('vm-state-conflict', `The VM ${domain.name} is not active.`);
  }
  await domain.destroy();
  // what ran may have been the last user of a composed filter
  await sweepComposed(context);
}

export interface RemoveOptions {
  /** Stop it first if it runs. */
  force: boolean;
  /** Delete the volumes that were made for it, too. */
  volumes: boolean;
}

/**
 * Removes a VM and its cloud-init seed; a running one only by force. It is undefined last: after a crash in between it
 * is still there to be deleted again. The caller holds the VM's lock.
 * @throws Problem vm-state-conflict, volume-in-use, LibvirtError
 */
export async function removeVm(
  context: VmContext,
  domain: Domain,
  { force, volumes }: RemoveOptions,
): Promise<void> {
  const { connection } = context;
  const persistent = await domain.isPersistent();
  const active = await domain.isActive();
  if (active && !force) {
    throw new Problem(
      'vm-state-conflict',
      `The VM ${domain.name} is active: stop it first, or delete it with force=true.`,
    );
  }
  const vm = readDomain(await domain.getXMLDesc(VIR_DOMAIN_XML_INACTIVE));
  const own = volumes ? vm.record.volumes : [];
  await demandUnused(connection, vm, own);
  if (active) await domain.destroy();
  for (const volume of own) await deleteVolume(connection, volume);
  for (const seed of seedsOf(vm)) await removeSeed(seed);
  if (persistent) await undefineVm(domain);
  await sweepComposed(context);
}

/** Removes a VM that was only begun, with all that was made for it; it may not have come to be. @throws LibvirtError */
export async function removeLeft(context: VmContext, uuid: string): Promise<void> {
  await using domain = await findVm(context.connection, uuid);
  if (domain) await removeVm(context, domain, { force: true, volumes: true });
  else await sweepComposed(context);
}

/** @throws Problem volume-in-use when another VM has one of these volumes among its disks */
async function demandUnused(
  connection: Connection,
  vm: DomainDescription,
  volumes: VolumeRecord[],
): Promise<void> {
  if (volumes.length === 0) return;
  for (const { uuid, name, xml } of await allDomainXmls(connection)) {
    if (uuid === vm.uuid) continue;
    const { disks } = readDomain(xml);
    const used = volumes.find(({ pool, volume }) =>
      disks.some((disk) => disk.pool === pool && disk.volume === volume),
    );
    if (used === undefined) continue;
    throw new Problem(
      'volume-in-use',
      `The volume ${used.volume} of the pool ${used.pool} is a disk of the VM ${name}, too.`,
    );
  }
}

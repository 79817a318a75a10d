import { randomUUID } from 'node:crypto';
import {
  type Connection,
  type Domain,
  VIR_DOMAIN_DEFINE_VALIDATE,
  VIR_DOMAIN_XML_INACTIVE,
  VIR_ERR_OPERATION_FAILED,
} from 'node-libvirt';
import { fieldProblem, isNotFound, Problem } from '../errors.js';
import { defaultFilter } from '../filtering/policy.js';
import type { Vm, VmInput } from '../schemas/vm.js';
import { buildDomain, type DomainSpec, type InterfaceSpec } from '../xml/domain-build.js';
import { readDomain } from '../xml/domain.js';
import { emptyRecord } from '../xml/metadata.js';
import type { VmContext } from './context.js';
import { checkCdrom, checkDisk } from './disks.js';
import { allowedFile } from './files.js';
import { assignMacs } from './macs.js';
import { choosePlatform } from './platform.js';
import { looksLikeUuid, readVm } from './read.js';
import { undefineVm } from './remove.js';
import { checkSource } from './sources.js';
import { startVm } from './start.js';

async function checkBoot(boot: VmInput['boot'], imageDirs: readonly string[]): Promise<DomainSpec['boot']> {
  if (!boot) return undefined;
  return {
    kernel: await allowedFile(boot.kernel, imageDirs, '/boot/kernel'),
    ...(boot.initrd !== undefined && { initrd: await allowedFile(boot.initrd, imageDirs, '/boot/initrd') }),
    ...(boot.cmdline !== undefined && { cmdline: boot.cmdline }),
  };
}

/** Checks everything about the request that needs the host, and changes nothing. */
async function resolveSpec({ connection, imageDirs }: VmContext, input: VmInput): Promise<DomainSpec> {
  if (looksLikeUuid(input.name))
    throw fieldProblem('invalid-request', '/name', 'must not have the form of a UUID');
  const nics = input.nics ?? [];
  const sources: InterfaceSpec['source'][] = [];
  for (const [i, { source }] of nics.entries()) {
    sources.push(await checkSource(connection, source, `/nics/${i}/source`));
  }
  const disks: DomainSpec['disks'] = [];
  for (const [i, disk] of (input.disks ?? []).entries()) {
    disks.push(await checkDisk(connection, disk, imageDirs, `/disks/${i}`));
  }
  return {
    ...(await choosePlatform(connection, input.virtType)),
    uuid: randomUUID(),
    name: input.name,
    description: input.description,
    memoryMiB: input.memoryMiB,
    vcpus: input.vcpus ?? 1,
    boot: await checkBoot(input.boot, imageDirs),
    disks,
    cdrom: input.cdrom && (await checkCdrom(connection, input.cdrom, imageDirs, '/cdrom')),
    interfaces: sources.map((source, i) => ({
      source,
      mac: nics[i]?.mac ?? '',
      model: nics[i]?.model ?? 'virtio',
      linkState: nics[i]?.linkState ?? 'up',
      filter: defaultFilter,
    })),
    record: { ...emptyRecord(), createdAt: new Date().toISOString() },
  };
}

/** Defines the domain. @throws Problem vm-name-taken */
async function define(connection: Connection, spec: DomainSpec): Promise<Domain> {
  try {
    return await connection.domainDefineXMLFlags(buildDomain(spec), VIR_DOMAIN_DEFINE_VALIDATE);
  } catch (error) {
    // libvirt says the same of several faults: look again before calling it a conflict.
    if (isNotFound(error, VIR_ERR_OPERATION_FAILED) && (await nameExists(connection, spec.name))) {
      throw new Problem('vm-name-taken', `There is a VM named ${spec.name} already.`, {
        errors: [{ path: '/name', message: 'is taken' }],
        cause: error,
      });
    }
    throw error;
  }
}

async function nameExists(connection: Connection, name: string): Promise<boolean> {
  const domains = await connection.listAllDomains();
  await Promise.all(domains.map((domain) => domain.close()));
  return domains.some((domain) => domain.name === name);
}

/** Libvirt drops filterrefs that it does not like without a word: so what it has defined is read back. */
async function demandFilterrefs(domain: Domain, spec: DomainSpec): Promise<void> {
  const { interfaces } = readDomain(await domain.getXMLDesc(VIR_DOMAIN_XML_INACTIVE));
  const kept = new Set(interfaces.filter(({ filter }) => filter === defaultFilter).map(({ mac }) => mac));
  const dropped = spec.interfaces.filter(({ mac }) => !kept.has(mac)).map(({ mac }) => mac);
  if (dropped.length === 0) return;
  throw new Problem(
    'filter-not-enforced',
    `libvirt did not take the filter of ${dropped.join(', ')}; the VM is not kept.`,
  );
}

/**
 * Defines a VM with a filter on each NIC and, if asked, runs it. A failure leaves no VM behind.
 * @throws Problem, LibvirtError
 */
export async function createVm(context: VmContext, input: VmInput): Promise<Vm> {
  const { connection, filters, locks, log } = context;
  await filters.demand(connection);
  const draft = await resolveSpec(context, input);

  return locks.hold(draft.uuid, async () => {
    const { spec, defined } = await locks.host.runExclusive(async () => {
      const macs = await assignMacs(
        connection,
        (input.nics ?? []).map(({ mac }) => mac),
      );
      const interfaces = draft.interfaces.map((nic, i) => ({ ...nic, mac: macs[i] ?? nic.mac }));
      const complete = { ...draft, interfaces };
      return { spec: complete, defined: await define(connection, complete) };
    });
    await using domain = defined;
    try {
      await demandFilterrefs(domain, spec);
      if (input.autostart) await domain.setAutostart(true);
      if (input.start) await startVm(context, domain);
    } catch (error) {
      await undefineVm(domain).catch((second: unknown) => {
        log.error(
          { err: second, vm: spec.name, uuid: spec.uuid },
          'a VM whose creation failed could not be undefined',
        );
      });
      throw error;
    }
    return await readVm(domain);
  });
}

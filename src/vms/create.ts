import {
  type Connection,
  type Domain,
  VIR_DOMAIN_DEFINE_VALIDATE,
  VIR_DOMAIN_XML_INACTIVE,
} from 'node-libvirt';
import { Problem } from '../errors.js';
import { ensureFilter } from '../filtering/composed.js';
import { demandLevel } from '../filtering/trust.js';
import { type NicDraft, resolveNic } from '../nics/resolve.js';
import { readRules } from '../nics/rules.js';
import type { NicInput } from '../schemas/nic.js';
import type { Vm, VmInput } from '../schemas/vm.js';
import { buildDomain, type DomainSpec } from '../xml/domain-build.js';
import type { InterfaceSpec } from '../xml/interface-build.js';
import { readDomain } from '../xml/domain.js';
import type { NicRecord } from '../xml/metadata.js';
import { makeBelongings } from './belongings.js';
import type { VmContext } from './context.js';
import { assignMacs } from './macs.js';
import { takeName } from './names.js';
import { planMachine } from './plan.js';
import { readVm } from './read.js';
import { journaled } from './journaled.js';
import { removeLeft } from './remove.js';
import { startVm } from './start.js';

/** Defines the domain. @throws Problem vm-name-taken */
function define(connection: Connection, spec: DomainSpec): Promise<Domain> {
  return takeName(connection, spec.name, () =>
    connection.domainDefineXMLFlags(buildDomain(spec), VIR_DOMAIN_DEFINE_VALIDATE),
  );
}

/** The spec with its NICs: their MAC addresses are assigned and their filters there. The caller holds the host's lock. */
async function withNics(
  { connection }: VmContext,
  draft: DomainSpec,
  nics: readonly NicDraft[],
  inputs: readonly NicInput[],
): Promise<DomainSpec> {
  const macs = await assignMacs(
    connection,
    inputs.map(({ mac }) => mac),
    inputs.map((_, i) => `/nics/${i}`),
    inputs.map(({ allowDuplicateMac }) => allowDuplicateMac),
  );
  const interfaces: InterfaceSpec[] = [];
  const records: NicRecord[] = [];
  for (const [i, { source, model, linkState, filters, parameters, record }] of nics.entries()) {
    const mac = macs[i] ?? '';
    const filter = await ensureFilter(connection, filters);
    interfaces.push({ mac, source, model, linkState, filter, filterParameters: parameters });
    if (record) records.push({ ...record, mac });
  }
  return { ...draft, interfaces, record: { ...draft.record, nics: records } };
}

/** Libvirt drops filterrefs that it does not like without a word: so what it has defined is read back. */
async function demandFilterrefs(domain: Domain, spec: DomainSpec): Promise<void> {
  const { interfaces } = readDomain(await domain.getXMLDesc(VIR_DOMAIN_XML_INACTIVE));
  const kept = new Map(interfaces.map(({ mac, filter }) => [mac, filter]));
  const dropped = spec.interfaces.filter(({ mac, filter }) => kept.get(mac) !== filter).map(({ mac }) => mac);
  if (dropped.length === 0) return;
  throw new Problem(
    'filter-not-enforced',
    `libvirt did not take the filter of ${dropped.join(', ')}; the VM is not kept.`,
  );
}

/**
 * Defines a VM with a filter on each NIC and, if asked, runs it. A failure leaves no VM behind, and nothing that was made for it.
 * @throws Problem, LibvirtError
 */
export async function createVm(context: VmContext, input: VmInput): Promise<Vm> {
  const { connection, filters, locks } = context;
  await filters.demand(connection);
  const rules = await readRules(context);
  demandLevel(rules.policy, input.compatibilityVersion, context.mayTrust);
  const nics: NicDraft[] = [];
  for (const [i, nic] of (input.nics ?? []).entries()) {
    nics.push(await resolveNic(context, rules, nic, input.compatibilityVersion, `/nics/${i}`));
  }
  const plan = await planMachine(context, input);
  const draft = plan.spec;

  return locks.hold(draft.uuid, () =>
    journaled(
      context,
      { kind: 'create', vm: draft.uuid },
      async () => {
        const { spec, defined } = await locks.host.runExclusive(async () => {
          const complete = await withNics(context, draft, nics, input.nics ?? []);
          return { spec: complete, defined: await define(connection, complete) };
        });
        await using domain = defined;
        await demandFilterrefs(domain, spec);
        await makeBelongings(context, plan, input.cloudInit);
        if (input.autostart) await domain.setAutostart(true);
        if (input.start) await startVm(context, domain);
        return await readVm(context, domain);
      },
      () => removeLeft(context, draft.uuid),
    ),
  );
}

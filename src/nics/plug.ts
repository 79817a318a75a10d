import { type Domain, VIR_DOMAIN_AFFECT_LIVE } from 'node-libvirt';
import { fieldProblem } from '../errors.js';
import { ensureFilter, sweepComposed } from '../filtering/composed.js';
import { buildingRules } from '../filtering/filter-gate.js';
import { demandLevel } from '../filtering/trust.js';
import type { Nic, NicInput } from '../schemas/nic.js';
import type { VmContext } from '../vms/context.js';
import { assignMacs } from '../vms/macs.js';
import { buildInterface, type InterfaceSpec } from '../xml/interface-build.js';
import { type DomainDescription, readDomain } from '../xml/domain.js';
import { addInterface } from '../xml/interface.js';
import { setRecord } from '../xml/metadata.js';
import { formatXml } from '../xml/tree.js';
import { changeNics } from './definition.js';
import { readDefinition } from './read-definition.js';
import { demandNicEnforced } from './enforce.js';
import { sameMac } from './find.js';
import { setLiveLink } from './live.js';
import { demandNotSaved } from './not-saved.js';
import { readNic } from './read.js';
import { resolveNic } from './resolve.js';
import { readRules } from './rules.js';

/**
 * Plugs into a running VM with the link down, sees the filter in the kernel, and only then raises the link: so that not
 * even the first frame goes out unfiltered.
 */
async function plugLive(context: VmContext, domain: Domain, spec: InterfaceSpec): Promise<void> {
  const node = buildInterface({ ...spec, linkState: 'down' });
  await buildingRules(() => domain.attachDevice(formatXml(node), VIR_DOMAIN_AFFECT_LIVE));
  await demandNicEnforced(context, domain, spec.mac, spec.filter);
  if (spec.linkState === 'up') await setLiveLink(domain, spec.mac, 'up');
}

/** Within a VM a NIC is known by its MAC address: no two may have the same. @throws Problem mac-in-use */
async function demandNewMac(domain: Domain, vm: DomainDescription, mac: string | undefined): Promise<void> {
  const live = readDomain(await domain.getXMLDesc()).interfaces;
  if (mac === undefined || ![...vm.interfaces, ...live].some((nic) => sameMac(nic.mac, mac))) return;
  throw fieldProblem('mac-in-use', '/mac', `${mac} is that of another NIC of this VM`);
}

/**
 * Gives a VM a further NIC: in its definition and, while it runs, plugged; both or neither. The caller holds the VM's lock.
 * @throws Problem, LibvirtError
 */
export async function plugNic(context: VmContext, domain: Domain, input: NicInput): Promise<Nic> {
  const { connection, filters } = context;
  await filters.demand(connection);
  const rules = await readRules(context);
  const vm = readDomain(await readDefinition(domain));
  await demandNewMac(domain, vm, input.mac);
  await demandNotSaved(domain);
  const { compatibilityVersion } = vm.record;
  if (input.filters === undefined) {
    const why = `is absent, and NICs of a VM of level ${compatibilityVersion ?? ''} get no filter by default`;
    demandLevel(rules.policy, compatibilityVersion, context.mayTrust, ['/filters', why]);
  }
  const draft = await resolveNic(context, rules, input, compatibilityVersion, '');
  const active = await domain.isActive();

  const { mac } = await changeNics<InterfaceSpec>(context, domain, {
    prepare: async () => {
      const [assigned = ''] = await assignMacs(connection, [input.mac], [''], [input.allowDuplicateMac]);
      const { source, model, linkState, parameters } = draft;
      const filter = await ensureFilter(connection, draft.filters);
      return { mac: assigned, source, model, linkState, filter, filterParameters: parameters };
    },
    edit: (root, spec) => {
      addInterface(root, buildInterface(spec));
      const asked = vm.interfaces.flatMap((nic) => rules.remembered(vm, nic) ?? []);
      const nics = draft.record ? [...asked, { ...draft.record, mac: spec.mac }] : asked;
      setRecord(root, { ...vm.record, nics });
    },
    live: active ? { mac: (spec) => spec.mac, apply: (spec) => plugLive(context, domain, spec) } : undefined,
  }).catch(async (error: unknown) => {
    await sweepComposed(context);
    throw error;
  });
  return readNic(context, domain, mac);
}

import {
  type Domain,
  VIR_DOMAIN_AFFECT_CONFIG,
  VIR_DOMAIN_AFFECT_LIVE,
  VIR_DOMAIN_METADATA_ELEMENT,
  VIR_DOMAIN_XML_INACTIVE,
} from 'node-libvirt';
import { bareRecord, metadataNamespace, metadataPrefix, readRecord, type VmRecord } from '../xml/metadata.js';
import { formatXml, parseXml } from '../xml/tree.js';

/** Where a change to a VM goes: to what runs now, to the definition, or to both. */
export async function affected(domain: Domain): Promise<number> {
  const [active, persistent] = await Promise.all([domain.isActive(), domain.isPersistent()]);
  return (active ? VIR_DOMAIN_AFFECT_LIVE : 0) | (persistent ? VIR_DOMAIN_AFFECT_CONFIG : 0);
}

/** What the service remembers of a VM, as its definition (of a transient one: its live XML) has it. */
export async function recordOf(domain: Domain): Promise<VmRecord> {
  return readRecord(parseXml(await domain.getXMLDesc(VIR_DOMAIN_XML_INACTIVE)));
}

/** Writes what is remembered of a VM, into what runs and into the definition. The caller holds the VM's lock. */
export async function writeRecord(domain: Domain, record: VmRecord): Promise<void> {
  await domain.setMetadata(
    VIR_DOMAIN_METADATA_ELEMENT,
    formatXml(bareRecord(record)),
    metadataPrefix,
    metadataNamespace,
    await affected(domain),
  );
}

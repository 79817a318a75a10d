import { type Domain, VIR_DOMAIN_SAVE_IMAGE_XML_SECURE, VIR_DOMAIN_XML_INACTIVE } from 'node-libvirt';
import { interfaceOf, interfacesOf, macOf, replaceChild } from '../xml/interface.js';
import { find, formatXml, parseXml } from '../xml/tree.js';

/**
 * Gives a VM's saved memory the filterrefs of its definition: libvirt would restore it with those of the time when it
 * was saved. The caller holds the VM's lock.
 * @throws LibvirtError
 */
export async function updateSaved(domain: Domain): Promise<void> {
  const definition = parseXml(await domain.getXMLDesc(VIR_DOMAIN_XML_INACTIVE));
  const saved = parseXml(await domain.managedSaveGetXMLDesc(VIR_DOMAIN_SAVE_IMAGE_XML_SECURE));
  const before = formatXml(saved);
  for (const nic of interfacesOf(saved)) {
    const defined = interfaceOf(definition, macOf(nic));
    // one that is no longer in the definition comes back as it was, and is looked at like any other
    if (defined) replaceChild(nic, 'filterref', find(defined, 'filterref'));
  }
  const after = formatXml(saved);
  if (after !== before) await domain.managedSaveDefineXML(after);
}

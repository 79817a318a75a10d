import { type Domain, VIR_DOMAIN_XML_INACTIVE, VIR_DOMAIN_XML_SECURE } from 'node-libvirt';

/** A domain's definition with its secrets, so that it can be defined again as it was. @throws LibvirtError */
export const readDefinition = (domain: Domain): Promise<string> =>
  domain.getXMLDesc(VIR_DOMAIN_XML_INACTIVE | VIR_DOMAIN_XML_SECURE);

import { byText } from './by-text.js';
import { elements, find, parseXml, textOf } from './tree.js';

/** A filter that is in force on a port of the host, as libvirt tells it. */
export interface BindingDescription {
  port: string;
  filter: string;
  mac: string;
  /** The owner: the UUID and the name of a VM. */
  vm: string;
  vmName: string;
  parameters: { name: string; value: string }[];
  /** What libvirt makes the rules with; undefined for a libvirt that knows only iptables, with ebtables. */
  backend: string | undefined;
}

/** Reads a binding's XML. */
export const readBinding = byText((xml): BindingDescription => {
  const binding = parseXml(xml);
  const filterref = find(binding, 'filterref');
  return {
    port: find(binding, 'portdev')?.attributes.name ?? '',
    filter: filterref?.attributes.filter ?? '',
    mac: find(binding, 'mac')?.attributes.address ?? '',
    vm: textOf(find(binding, 'owner', 'uuid')) ?? '',
    vmName: textOf(find(binding, 'owner', 'name')) ?? '',
    backend: find(binding, 'backend')?.attributes.name,
    parameters: elements(filterref, 'parameter').map(({ attributes }) => ({
      name: attributes.name ?? '',
      value: attributes.value ?? '',
    })),
  };
});

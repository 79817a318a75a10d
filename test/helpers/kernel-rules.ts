import type { DomainInterface } from '../../src/xml/domain.js';

/** What ebtables-save says of a VM with vdsm-no-mac-spoofing on its one NIC. */
export const saved = `*nat
:PREROUTING ACCEPT
:OUTPUT ACCEPT
:POSTROUTING ACCEPT
:I-vnet0-arp-mac ACCEPT
:I-vnet0-mac ACCEPT
:libvirt-I-vnet0 ACCEPT
-A PREROUTING -i vnet0 -j libvirt-I-vnet0
-A I-vnet0-arp-mac -p ARP --arp-mac-src 52:54:00:aa:bb:01 -j RETURN
-A I-vnet0-arp-mac -j DROP
-A I-vnet0-mac -s 52:54:00:aa:bb:01 -j RETURN
-A I-vnet0-mac -j DROP
-A libvirt-I-vnet0 -j I-vnet0-mac
-A libvirt-I-vnet0 -p ARP -j I-vnet0-arp-mac
`;

/** That NIC, as libvirt tells it. */
export const nic: DomainInterface = {
  mac: '52:54:00:aa:bb:01',
  type: 'bridge',
  bridge: 'br0',
  target: 'vnet0',
  linkState: 'up',
  filter: 'vdsm-no-mac-spoofing',
  filterParameters: [],
};

/** The line by which frames of the tap come to its filter. */
export const jump = '-A PREROUTING -i vnet0 -j libvirt-I-vnet0';

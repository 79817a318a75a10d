import { find, parseXml, textOf } from './tree.js';

/** What libvirt says that a guest of this host can be. */
export interface GuestPlatform {
  virtType: string;
  arch: string;
  machine: string;
  emulator: string;
}

/** Reads a domain capabilities document. @throws SyntaxError when libvirt left something out */
export function readDomainCapabilities(xml: string): GuestPlatform {
  const root = parseXml(xml);
  const text = (name: string): string => {
    const value = textOf(find(root, name));
    if (value === undefined) throw new SyntaxError(`domain capabilities without ${name}`);
    return value;
  };
  return { virtType: text('domain'), arch: text('arch'), machine: text('machine'), emulator: text('path') };
}

/** The architecture of the host. */
export function hostArch(capabilities: string): string | undefined {
  return textOf(find(parseXml(capabilities), 'host', 'cpu', 'arch'));
}

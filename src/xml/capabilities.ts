import { elements, find, parseXml, textOf } from './tree.js';

/** What libvirt says that a guest of this host can be. */
export interface GuestPlatform {
  virtType: string;
  arch: string;
  machine: string;
  emulator: string;
  /** Firmwares that libvirt can choose by itself, such as bios and efi; none when it does not say. */
  firmwares: string[];
}

/** Reads a domain capabilities document. @throws SyntaxError when libvirt left something out */
export function readDomainCapabilities(xml: string): GuestPlatform {
  const root = parseXml(xml);
  const text = (name: string): string => {
    const value = textOf(find(root, name));
    if (value === undefined) throw new SyntaxError(`domain capabilities without ${name}`);
    return value;
  };
  const firmwares = elements(find(root, 'os'), 'enum').find(
    ({ attributes }) => attributes.name === 'firmware',
  );
  return {
    virtType: text('domain'),
    arch: text('arch'),
    machine: text('machine'),
    emulator: text('path'),
    firmwares: elements(firmwares, 'value').flatMap((value) => textOf(value) ?? []),
  };
}

/** The architecture of the host. */
export function hostArch(capabilities: string): string | undefined {
  return textOf(find(parseXml(capabilities), 'host', 'cpu', 'arch'));
}

/** What guests of the host's own architecture can be: kvm, qemu and the like. */
export function virtTypesOf(capabilities: string): string[] {
  const arch = hostArch(capabilities);
  const guests = elements(parseXml(capabilities), 'guest').flatMap((guest) => elements(guest, 'arch'));
  const own = guests.filter(({ attributes }) => attributes.name === arch);
  return [
    ...new Set(
      own.flatMap((of) => elements(of, 'domain')).flatMap(({ attributes }) => attributes.type ?? []),
    ),
  ];
}

/** The group that QEMU runs as, where libvirt changes its user at all. */
export function qemuGroup(capabilities: string): number | undefined {
  const models = elements(find(parseXml(capabilities), 'host'), 'secmodel');
  const dac = models.find((model) => textOf(find(model, 'model')) === 'dac');
  const group = /^\+\d+:\+(\d+)$/.exec(textOf(find(dac, 'baselabel')) ?? '')?.[1];
  return group === undefined ? undefined : Number(group);
}

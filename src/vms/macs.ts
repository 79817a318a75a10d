import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import type { Connection } from 'node-libvirt';
import { fieldProblem } from '../errors.js';
import { allDomainXmls } from '../libvirt/domain-xmls.js';
import { readDomain } from '../xml/domain.js';

const devices = '/sys/class/net';

/** The host's own, its bridges' among them: a guest with one of these would speak in the host's name. */
async function hostMacs(): Promise<[mac: string, owner: string][]> {
  const names = await readdir(devices);
  return Promise.all(
    names.map(async (name): Promise<[string, string]> => {
      // a device may be gone by now
      const mac = await readFile(`${devices}/${name}/address`, 'utf8').catch(() => '');
      return [mac.trim(), `the host itself, on ${name}`];
    }),
  );
}

/** Who has which MAC address on this host: the host, or a VM that runs or is defined. */
async function usedMacs(connection: Connection): Promise<Map<string, string>> {
  const [host, vms] = await Promise.all([hostMacs(), allDomainXmls(connection)]);
  const ofVms = vms.flatMap(({ name, xml }) =>
    readDomain(xml).interfaces.map(({ mac }): [string, string] => [mac.toLowerCase(), `the VM ${name}`]),
  );
  return new Map([...host, ...ofVms]);
}

/** 52:54:00 is QEMU's locally administered prefix. */
function randomMac(): string {
  return [
    '52',
    '54',
    '00',
    ...Array.from(randomBytes(3), (octet) => octet.toString(16).padStart(2, '0')),
  ].join(':');
}

/**
 * The MAC address for each NIC: the one asked for, or a new one. Call it with the host's lock held until the VM is defined.
 * @param fields where each NIC stands in the request; in the list of a VM unless told
 * @param allowDuplicates for each NIC, whether somebody else may have the address, on purpose; never another NIC of this VM
 * @throws Problem mac-in-use
 */
export async function assignMacs(
  connection: Connection,
  wanted: readonly (string | undefined)[],
  fields: readonly string[] = wanted.map((_, i) => `/nics/${i}`),
  allowDuplicates: readonly (boolean | undefined)[] = [],
): Promise<string[]> {
  const used = await usedMacs(connection);
  const asked = wanted.map((mac) => mac?.toLowerCase());
  asked.forEach((mac, i) => {
    if (mac === undefined) return;
    const field = `${fields[i] ?? ''}/mac`;
    const owner = allowDuplicates[i] ? undefined : used.get(mac);
    if (owner !== undefined) throw fieldProblem('mac-in-use', field, `${mac} is in use by ${owner}`);
    if (asked.indexOf(mac) !== i)
      throw fieldProblem('mac-in-use', field, `${mac} stands twice in this request`);
  });
  return asked.map((mac) => {
    if (mac !== undefined) return mac;
    let made = randomMac();
    while (used.has(made) || asked.includes(made)) made = randomMac();
    used.set(made, '');
    return made;
  });
}

/** ebtables' names for messages of ICMPv6: of a type whatever the code, or of one code. */
const ofTypes: Readonly<Record<number, string>> = {
  1: 'destination-unreachable',
  2: 'packet-too-big',
  3: 'time-exceeded',
  4: 'parameter-problem',
  128: 'echo-request',
  129: 'echo-reply',
  133: 'router-solicitation',
  134: 'router-advertisement',
  135: 'neighbour-solicitation',
  136: 'neighbour-advertisement',
  137: 'redirect',
};
const ofCodes: Readonly<Record<string, string>> = {
  '1/0': 'no-route',
  '1/1': 'communication-prohibited',
  '1/2': 'beyond-scope',
  '1/3': 'address-unreachable',
  '1/4': 'port-unreachable',
  '1/5': 'failed-policy',
  '1/6': 'reject-route',
  '3/0': 'ttl-zero-during-transit',
  '3/1': 'ttl-zero-during-reassembly',
  '4/0': 'bad-header',
  '4/1': 'unknown-header-type',
  '4/2': 'unknown-option',
};

/** Of types whose names only newer ebtables knows. */
const ofNewerTypes: Readonly<Record<string, number>> = {
  'mld-listener-query': 130,
  'mld-listener-report': 131,
  'mld-listener-done': 132,
};

/** A name that ebtables writes, as one of any version does. */
export const sameForAll = (name: string): string => {
  const type = ofNewerTypes[name];
  return type === undefined ? name : `${type}/0:255`;
};

type Range = readonly [from: number, to: number];

/** The name of messages of these types and codes, if ebtables has one. */
export function icmpv6Name([type, lastType]: Range, [code, lastCode]: Range): string | undefined {
  if (type !== lastType) return undefined;
  if (code === 0 && lastCode === 255) return ofTypes[type];
  return code === lastCode ? ofCodes[`${type}/${code}`] : undefined;
}

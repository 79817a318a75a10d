// Writes lib/constants.ts from libvirt's own description of its API:
//   npm run constants -w node-libvirt [-- path/to/libvirt-api.xml]
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const apiPath = '/usr/share/libvirt/api/libvirt-api.xml';

const enums = [
  'virErrorNumber',
  'virErrorDomain',
  'virErrorLevel',
  'virConnectCloseReason',
  'virConnectListAllDomainsFlags',
  'virConnectListAllNetworksFlags',
  'virConnectListAllStoragePoolsFlags',
  'virConnectGetAllDomainStatsFlags',
  'virConnectDomainEventAgentLifecycleReason',
  'virConnectDomainEventAgentLifecycleState',
  'virDomainAbortJobFlagsValues',
  'virDomainBlockResizeFlags',
  'virDomainModificationImpact',
  'virDomainCreateFlags',
  'virDomainDefineFlags',
  'virDomainDestroyFlagsValues',
  'virDomainDeviceModifyFlags',
  'virDomainEventID',
  'virDomainInterfaceAddressesSource',
  'virDomainGetJobStatsFlags',
  'virDomainJobType',
  'virDomainJobOperation',
  'virDomainMemoryFlags',
  'virDomainMemoryModFlags',
  'virDomainMetadataType',
  'virDomainMigrateFlags',
  'virDomainMigrateMaxSpeedFlags',
  'virDomainRebootFlagValues',
  'virDomainSaveImageXMLFlags',
  'virDomainSaveRestoreFlags',
  'virDomainShutdownFlagValues',
  'virDomainStatsTypes',
  'virDomainUndefineFlagsValues',
  'virDomainVcpuFlags',
  'virDomainXMLFlags',
  'virDomainState',
  /^virDomain(Nostate|Running|Blocked|Paused|Shutdown|Shutoff|Crashed|PMSuspended)Reason$/,
  /^virDomainEvent(|Crashed|Defined|PMSuspended|Resumed|Shutdown|Started|Stopped|Suspended|Undefined)(Detail)?Type$/,
  'virIPAddrType',
  'virNetworkCreateFlags',
  'virNetworkXMLFlags',
  'virNWFilterBindingCreateFlags',
  'virNWFilterDefineFlags',
  /^virStorage(Pool|Vol)(State|BuildFlags|CreateFlags|DefineFlags|DeleteFlags|Type|InfoFlags|ResizeFlags)$/,
  'virStorageXMLFlags',
  'virTypedParameterType',
];
const macros = /^VIR_(MIGRATE_PARAM|DOMAIN_JOB)_/;

const entity = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };
const decode = (text) => text.replace(/&(lt|gt|amp|quot|apos);/g, (_, name) => entity[name]);

function* elements(xml, tag) {
  for (const [, text] of xml.matchAll(new RegExp(`<${tag} ([^>]*?)/?>`, 'g'))) {
    yield Object.fromEntries(
      [...text.matchAll(/(\w+)='([^']*)'|(\w+)="([^"]*)"/g)].map((m) => [m[1] ?? m[3], decode(m[2] ?? m[4])]),
    );
  }
}

/** What libvirt-api.xml declares and this package wants: { groups: Map<enum, [name, value][]>, strings: [name, value][] } */
export function readApi(path = apiPath) {
  const xml = readFileSync(path, 'utf8');
  const all = [...elements(xml, 'enum')];
  // Some values are the name of another constant.
  const numbers = new Map(all.map(({ name, value }) => [name, value]));
  const resolve = (value) => (numbers.has(value) ? resolve(numbers.get(value)) : Number(value));
  const groups = new Map();
  for (const { type, name, value } of all) {
    // The end marks of enums differ from version to version.
    if (name.endsWith('_LAST')) continue;
    if (!enums.some((wanted) => (typeof wanted === 'string' ? wanted === type : wanted.test(type)))) continue;
    if (!groups.has(type)) groups.set(type, []);
    groups.get(type).push([name, resolve(value)]);
  }
  for (const values of groups.values()) values.sort((a, b) => a[1] - b[1] || (a[0] < b[0] ? -1 : 1));
  const strings = [...elements(xml, 'macro')].filter((m) => macros.test(m.name) && m.string !== undefined);
  return {
    groups: new Map([...groups].sort()),
    strings: strings.map((m) => [m.name, m.string]).sort(),
  };
}

function render({ groups, strings }) {
  const lines = [
    "// Generated from libvirt's libvirt-api.xml by scripts/constants.mjs: change that, not this.",
    '// Names are those of the C API, so that they can be searched. A newer libvirt may know more.',
    '',
  ];
  for (const [type, values] of groups) {
    lines.push(`// ${type}`, ...values.map(([name, value]) => `export const ${name} = ${value};`), '');
  }
  lines.push(
    '// Names of typed parameters',
    ...strings.map(([name, value]) => `export const ${name} = '${value}';`),
    '',
  );
  for (const [constant, type, what] of [
    ['errorNames', 'virErrorNumber', 'LibvirtError.code'],
    ['errorDomainNames', 'virErrorDomain', 'LibvirtError.domain'],
  ]) {
    lines.push(
      `/** Names of {@link ${what}}. */`,
      `export const ${constant}: Readonly<Record<number, string>> = {`,
    );
    lines.push(...groups.get(type).map(([name, value]) => `  ${value}: '${name}',`), '};', '');
  }
  return lines.join('\n').trimEnd() + '\n';
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(new URL('../lib/constants.ts', import.meta.url), render(readApi(process.argv[2])));
}

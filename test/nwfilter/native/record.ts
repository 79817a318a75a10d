// Records what libvirt's own backend for nftables makes of filters, as recorded.json. Run as root on a host of its own, where
// nothing else uses libvirt, with `firewall_backend = "nftables"` in nwfilter.conf and its daemon started with
//   LIBVIRT_LOG_FILTERS=1:util.command LIBVIRT_LOG_OUTPUTS=1:file:LOG libvirtd -d
// as: npx tsx test/nwfilter/native/record.ts LOG >test/nwfilter/native/recorded.json
// A kernel without nf_conntrack_bridge refuses rules that look at connections, as a protocol error: there, libvirt's daemon needs
// a program nft before the other in its PATH that takes these errors for a success.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { handmade, xmlOf } from '../handmade.js';
import { kernelCases, tiedFilters } from '../kernel-cases.js';
import { mac, parametersOf, port, type Recorded, type RecordedCase } from './recorded.js';

const log = process.argv[2] ?? '';
const file = '/tmp/recorded.xml';
const run = (tool: string, ...args: string[]): string =>
  execFileSync(tool, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
const virsh = (...args: string[]): string => run('virsh', '-q', ...args);
const define = (xml: string): void => {
  writeFileSync(file, xml);
  virsh('nwfilter-define', file);
};

/** The arguments of a command that libvirt's log shows in a shell's quotes. */
const argumentsOf = (command: string): string[] =>
  [...command.matchAll(/(?:'[^']*'|\\.|[^\s'\\])+/g)].map(([word]) =>
    word.replace(/'([^']*)'|\\(.)/g, (_, quoted: string | undefined, single: string) => quoted ?? single),
  );

/** What libvirt told nft to make, by table and chain; under the names that the chains have in the end. */
function recorded(): RecordedCase['chains'] {
  const chains: Record<string, string[]> = {};
  const commands = readFileSync(log, 'utf8').matchAll(/About to run (?:\S*\/)?nft (add (?:rule|chain) .*)/g);
  for (const [, command = ''] of commands) {
    const [, kind, , table, chain = '', ...rest] = argumentsOf(command);
    if (!chain.startsWith('n-')) continue;
    const rules = (chains[`${table} ${chain.slice(2)}`] ??= []);
    if (kind === 'rule')
      rules.push(
        rest
          .join(' ')
          .replace(/ n-(\S+)$/, ' $1')
          .replace(/^jump n-/, 'jump '),
      );
  }
  return chains;
}

function attempt(filter: string, given: Record<string, string[]>): RecordedCase {
  const parameters = Object.entries(given).flatMap(([name, values]) =>
    values.map((value) => `<parameter name='${name}' value='${value}'/>`),
  );
  writeFileSync(
    file,
    `<filterbinding><owner><name>vm</name><uuid>11111111-2222-3333-4444-555555555555</uuid></owner>
      <portdev name='${port}'/><mac address='${mac}'/>
      <filterref filter='${filter}'>${parameters.join('')}</filterref></filterbinding>`,
  );
  truncateSync(log);
  try {
    virsh('nwfilter-binding-create', file);
  } catch (error) {
    // libvirt leaves what it had begun
    for (const table of ['ethernet', 'inet'])
      run('nft', 'delete', 'table', 'bridge', `libvirt_nwfilter_${table}`);
    return {
      refused: (error as Error).message.replace(/^[^]*?error: internal error: /, '').split('\n')[0] ?? '',
    };
  }
  const chains = recorded();
  virsh('nwfilter-binding-delete', port);
  return { chains };
}

run('ip', 'tuntap', 'add', port, 'mode', 'tap');
const shipped = readdirSync('filters').filter((name) => name.endsWith('.xml'));
for (const xml of [...shipped.map((name) => readFileSync(`filters/${name}`, 'utf8')), ...tiedFilters])
  define(xml);
const names = (virsh('nwfilter-list').match(/\S+$/gm) ?? []).sort();
const result: Recorded = {
  libvirt: /libvirt (\d\S*)/.exec(virsh('version'))?.[1] ?? '',
  filters: Object.fromEntries(names.map((name) => [name, virsh('nwfilter-dumpxml', name)])),
  cases: {},
};
for (const name of names) result.cases[name] = attempt(name, parametersOf(name));
for (const [what, filter] of Object.entries({ ...handmade, ...kernelCases })) {
  define(xmlOf('given', filter));
  result.cases[what] = attempt('given', filter.parameters ?? {});
  virsh('nwfilter-undefine', 'given');
}
run('ip', 'link', 'delete', port);
process.stdout.write(`${JSON.stringify(result, undefined, 1)}\n`);

import { filterFromJson } from '../../src/nwfilter/from-json.js';
import { filterFromXml } from '../../src/nwfilter/from-xml.js';
import { filterToXml } from '../../src/nwfilter/to-xml.js';
import { startHost, type TestHost } from '../hosts/index.js';

const port = 'port0';
const mac = '52:54:00:00:00:01';

/** A host with a port that filters are tried on, without a guest. */
export class FilterPort {
  readonly host: TestHost;
  readonly nic = { port, mac };

  private constructor(host: TestHost) {
    this.host = host;
  }

  static async start(): Promise<FilterPort> {
    const host = await startHost();
    await host.run('ip', ['tuntap', 'add', port, 'mode', 'tap']);
    await host.run('ip', ['link', 'set', port, 'master', 'br0', 'up']);
    return new FilterPort(host);
  }

  define(xml: string): Promise<string> {
    return this.host.virshXml(xml, 'nwfilter-define', '--validate', '@');
  }

  shown(name: string): Promise<string> {
    return this.host.virsh('nwfilter-dumpxml', name);
  }

  async undefine(...names: string[]): Promise<void> {
    for (const name of names) await this.host.virsh('nwfilter-undefine', name);
  }

  /** The rules that a filter gives the port in the kernel, for frames and for packets, without counters. */
  async rulesOf(filter: string, parameters: Record<string, string[]> = {}): Promise<string[]> {
    const given = Object.entries(parameters).flatMap(([name, values]) =>
      values.map((value) => `<parameter name='${name}' value='${value}'/>`),
    );
    const binding = `<filterbinding>
      <owner><name>vm</name><uuid>11111111-2222-3333-4444-555555555555</uuid></owner>
      <portdev name='${port}'/><mac address='${mac}'/>
      <filterref filter='${filter}'>${given.join('')}</filterref></filterbinding>`;
    await this.host.virshXml(binding, 'nwfilter-binding-create', '@');
    try {
      return await this.#rules();
    } finally {
      await this.host.virsh('nwfilter-binding-delete', port);
    }
  }

  async #rules(): Promise<string[]> {
    const commands = ['ebtables-save', 'iptables-save', 'ip6tables-save'];
    const saved = await Promise.all(commands.map((command) => this.host.run(command)));
    const lines = saved.flatMap((text, i) => text.split('\n').map((line) => `${commands[i]}: ${line}`));
    return lines.filter((line) => line.includes(port));
  }
}

/** XML → JSON → XML, as a client would have it done, under another name. */
export function throughJson(xml: string, name: string): string {
  const filter = { ...filterFromXml(xml), name, uuid: undefined };
  return filterToXml(filterFromJson(JSON.parse(JSON.stringify(filter))));
}

import t from 'tap';
import { arp, attempt, type Bytes, ethernet, Guest, ipv4, rarp, startHost } from '../hosts/index.js';

// Why the shipped filters are written as they are: docs/filters/writing.md. If one of these fails, libvirt has changed.

const rule = (action: string, match: string) =>
  `<rule action='${action}' direction='out' priority='100'>${match}</rule>`;
const typeA = 0x88b5;
const typeB = 0x88b6;
const filters = {
  'open-end': `<filter name='open-end' chain='mac-open' priority='-900'>${rule('return', `<mac protocolid='${typeB}'/>`)}</filter>`,
  'drops-both': `<filter name='drops-both' chain='mac-drop' priority='-800'>${[typeA, typeB]
    .map((type) => rule('drop', `<mac protocolid='${type}'/>`))
    .join('')}</filter>`,
  'open-then-drop': `<filter name='open-then-drop'><filterref filter='open-end'/><filterref filter='drops-both'/></filter>`,
  'not-in-list': `<filter name='not-in-list'>${rule('drop', `<ip match='no' srcipaddr='$IP'/>`)}</filter>`,
  'not-this-sender': `<filter name='not-this-sender'>${rule('drop', `<arp match='no' arpsrcmacaddr='$MAC'/>`)}</filter>`,
};

const macs = ['52:54:00:00:00:01', '52:54:00:00:00:02', '52:54:00:00:00:03'] as const;
const host = await startHost();
t.teardown(() => host.stop());
for (const xml of Object.values(filters)) await host.virshXml(xml, 'nwfilter-define', '--validate', '@');
const observer = await host.observer('br0');
await host.defineGuest({
  name: 'g',
  nics: [
    { mac: macs[0], filter: 'open-then-drop' },
    {
      mac: macs[1],
      filter: 'not-in-list',
      parameters: [
        ['IP', '10.0.0.2'],
        ['IP', '10.0.0.3'],
      ],
    },
    { mac: macs[2], filter: 'not-this-sender' },
  ],
});
const guest = await (await Guest.attach(host, 'g')).ready();
const interfaces = await guest.interfaces();

/** How many of these frames come from the NIC that has this MAC. */
async function sends(mac: string, ...frames: Bytes[]): Promise<number[]> {
  const ifname = interfaces.find((nic) => nic.mac === mac)?.name ?? '';
  await guest.up(ifname);
  const seen: number[] = [];
  for (const frame of frames)
    seen.push(await attempt(guest, mac, observer, frame, { ifname, marker: rarp({ src: mac }) }));
  return seen;
}

await t.test('the end of a chain accepts: later chains are not asked', async (t) => {
  const [src] = macs;
  t.strictSame(await sends(src, ethernet({ src, type: typeA }), ethernet({ src, type: typeB })), [1, 0]);
});

await t.test(
  'a list that is negated drops all: each element has a rule, and each drops the others',
  async (t) => {
    const [, src] = macs;
    const from = (ip: string) => ipv4({ src }, { src: ip, dst: '10.0.0.9' });
    t.strictSame(await sends(src, from('10.0.0.2'), from('10.0.0.3')), [0, 0]);
  },
);

await t.test('a negated match does not match what it cannot read', async (t) => {
  const [, , src] = macs;
  const lie = arp({ src }, { senderMac: macs[0], senderIp: '10.0.0.1', targetIp: '10.0.0.2' });
  const odd = Buffer.from(lie);
  odd[18] = 8; // the length of a hardware address
  t.strictSame(await sends(src, lie, odd), [0, 1]);
});

await t.test('a list that is not given cannot be', async (t) => {
  const filter = rule('return', `<ipv6 srcipaddr='$IPV6'/>`);
  await host.virshXml(`<filter name='wants-ipv6'>${filter}</filter>`, 'nwfilter-define', '--validate', '@');
  const nic = { mac: '52:54:00:00:00:04', filter: 'wants-ipv6' };
  const error: unknown = await host.defineGuest({ name: 'h', nics: [nic] }).catch((e: unknown) => e);
  t.match(error, { stderr: /unresolvable variables.*IPV6/ });
});

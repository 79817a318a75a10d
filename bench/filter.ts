import { createHash } from 'node:crypto';

// A filter that is changed again and again: two forms, of which each is a change of the other.

const protocols = [0x88b5, 0x88b6];
const addresses = ['192.0.2.1', '192.0.2.2', '192.0.2.3'];

/** libvirt takes another form only with the UUID of the first. */
function uuidOf(name: string): string {
  const digits = createHash('sha256').update(name).digest('hex');
  return digits.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-4$3-8$4-$5');
}

/** Both forms as libvirt takes them. */
export const filterXml = (name: string): string[] =>
  protocols.map((protocol) => {
    const rule = (match: string): string => `<rule action='drop' direction='out'>${match}</rule>`;
    const rules = [`<mac protocolid='${protocol}'/>`, ...addresses.map((one) => `<ip srcipaddr='${one}'/>`)];
    const entries = `<filterref filter='no-mac-spoofing'/>${rules.map(rule).join('')}`;
    return `<filter name='${name}' chain='root'><uuid>${uuidOf(name)}</uuid>${entries}</filter>`;
  });

/** Both as the service takes them. */
export const filterJson = (name: string): object[] =>
  protocols.map((protocolid) => {
    const rule = { action: 'drop', direction: 'out' };
    return {
      name,
      entries: [
        { ref: 'no-mac-spoofing' },
        { ...rule, protocol: 'mac', match: { protocolid } },
        ...addresses.map((srcipaddr) => ({ ...rule, protocol: 'ip', match: { srcipaddr } })),
      ],
    };
  });

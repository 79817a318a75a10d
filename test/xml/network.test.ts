import t from 'tap';
import { whyUnfilterable } from '../../src/xml/network.js';

const network = (inside: string): string => `<network><name>n</name>${inside}</network>`;
const bridge = `<bridge name='virbr0'/>`;

const filterable = {
  nat: `<forward mode='nat'/>${bridge}`,
  route: `<forward mode='route'/>${bridge}`,
  open: `<forward mode='open'/>${bridge}`,
  isolated: bridge,
  'a bridge of the host': `<forward mode='bridge'/>${bridge}`,
};
for (const [what, inside] of Object.entries(filterable)) {
  t.equal(whyUnfilterable(network(inside)), undefined, `${what} can be filtered`);
}

const devices = `<interface dev='eth0'/>`;
const unfilterable: Record<string, [inside: string, reason: RegExp]> = {
  'macvtap bridge': [`<forward mode='bridge' dev='eth0'>${devices}</forward>`, /no bridge/],
  'macvtap private': [`<forward mode='private'>${devices}</forward>`, /private/],
  'macvtap vepa': [`<forward mode='vepa'>${devices}</forward>`, /vepa/],
  passthrough: [`<forward mode='passthrough'>${devices}</forward>`, /passthrough/],
  hostdev: [`<forward mode='hostdev'><pf dev='eth0'/></forward>`, /hostdev/],
  'Open vSwitch': [
    `<forward mode='bridge'/><bridge name='ovs0'/><virtualport type='openvswitch'/>`,
    /Open vSwitch/,
  ],
  'Open vSwitch by the default port group': [
    `<forward mode='bridge'/><bridge name='ovs0'/>
     <portgroup name='p' default='yes'><virtualport type='openvswitch'/></portgroup>`,
    /Open vSwitch/,
  ],
  'nothing that says where': ['', /no bridge/],
};
for (const [what, [inside, reason]] of Object.entries(unfilterable)) {
  t.match(whyUnfilterable(network(inside)), reason, `${what} cannot be filtered`);
}

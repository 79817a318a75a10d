import t from 'tap';
import { isAgentConnected } from '../../src/xml/agent.js';

const domain = (target: string) =>
  `<domain><devices><channel type='pty'/><channel type='unix'>${target}</channel></devices></domain>`;
const agent = (state: string) => domain(`<target type='virtio' name='org.qemu.guest_agent.0' ${state}/>`);

t.equal(isAgentConnected(agent(`state='connected'`)), true);
t.equal(isAgentConnected(agent(`state='disconnected'`)), false);
t.equal(isAgentConnected(agent('')), false, 'a VM that is off');
t.equal(
  isAgentConnected(domain(`<target type='virtio' name='com.redhat.spice.0' state='connected'/>`)),
  false,
);
t.equal(isAgentConnected('<domain/>'), false);

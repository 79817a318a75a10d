import { elements, find, parseXml } from './tree.js';

/** Whether the guest has its agent's channel open now; asking an agent that is not there takes its time. */
export const isAgentConnected = (xml: string): boolean =>
  elements(find(parseXml(xml), 'devices'), 'channel').some((channel) => {
    const target = find(channel, 'target')?.attributes;
    return target?.name === 'org.qemu.guest_agent.0' && target.state === 'connected';
  });

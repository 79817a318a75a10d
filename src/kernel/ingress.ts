import { listWith } from './tool.js';

/** All that nft has at the ingress of devices, as it lists it: guards and closed ports. @throws Problem kernel-unreadable */
export const listIngress = (): Promise<string> => listWith('nft', ['-a', 'list', 'ruleset', 'netdev']);

import { type Command, listWith } from './tool.js';

/** Lists what nft has at the ingress of devices. */
export const ingressCommand: Command = ['nft', '-a', 'list', 'ruleset', 'netdev'];

/** All that nft has at the ingress of devices, as it lists it: guards and closed ports. @throws Problem kernel-unreadable */
export const listIngress = async (): Promise<string> => (await listWith(ingressCommand))[0] ?? '';

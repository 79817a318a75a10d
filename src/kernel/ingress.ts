import { type Command, listWith } from './tool.js';

/**
 * Lists what nft has at the ingress of devices, after the names of its tables for bridges: all in one, for it reads the whole
 * of the kernel's rules each time.
 */
export const nftCommand: Command = ['nft', '-a', 'list tables bridge; list ruleset netdev'];

/** All that nft has at the ingress of devices, as it lists it: guards and closed ports. @throws Problem kernel-unreadable */
export const listIngress = async (): Promise<string> =>
  (await listWith(['nft', '-a', 'list', 'ruleset', 'netdev']))[0] ?? '';

import { listWith } from './tool.js';

/**
 * What nft has at the ingress of devices, after the names of its tables for bridges: all in one, for it reads the whole of the
 * kernel's rules each time.
 * @throws Problem kernel-unreadable
 */
export const listNft = (): Promise<string> =>
  listWith('nft', ['-a', 'list tables bridge; list ruleset netdev']);

/** All that nft has at the ingress of devices, as it lists it: guards and closed ports. @throws Problem kernel-unreadable */
export const listIngress = (): Promise<string> => listWith('nft', ['-a', 'list', 'ruleset', 'netdev']);

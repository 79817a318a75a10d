import { dataOf } from '../api/answer.js';
import { api, type Schemas } from '../api/client.js';

export type AttackMatrix = Schemas['AttackMatrix'];
export type AttackRow = Schemas['AttackRow'];

let matrix: Promise<AttackMatrix> | undefined;

/** What was measured; it is the same for as long as the service is. */
export const readAttackMatrix = (): Promise<AttackMatrix> =>
  (matrix ??= dataOf(api.GET('/v1/attack-matrix')).catch((error: unknown) => {
    matrix = undefined;
    throw error;
  }));

/** What is attacked, in words. */
export const classes: Record<AttackRow['class'], string> = {
  mac: 'Forged MAC addresses',
  ip: 'Foreign IP addresses',
  nd: 'Forged neighbour discovery',
  dhcp: 'Rogue DHCP',
  router: 'Rogue routers',
  bridge: 'Attacks on bridges',
  honest: 'Honest traffic',
  uncommon: 'Uncommon traffic',
};

/** Whether to let it through does no harm: then it is breaking it that does. */
export const isHarmless = (row: AttackRow): boolean => row.class === 'honest' || row.class === 'uncommon';

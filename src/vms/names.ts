import { type Connection, VIR_ERR_OPERATION_FAILED, VIR_ERR_OPERATION_INVALID } from 'node-libvirt';
import { fieldProblem, isNotFound, Problem } from '../errors.js';
import { looksLikeUuid } from './read.js';

/** @throws Problem invalid-request for a name under which the VM could not be looked up */
export function demandName(name: string): void {
  if (looksLikeUuid(name)) throw fieldProblem('invalid-request', '/name', 'must not have the form of a UUID');
}

async function nameExists(connection: Connection, name: string): Promise<boolean> {
  const domains = await connection.listAllDomains();
  await Promise.all(domains.map((domain) => domain.close()));
  return domains.some((domain) => domain.name === name);
}

/** Gives a VM its name. @throws Problem vm-name-taken */
export async function takeName<T>(connection: Connection, name: string, take: () => Promise<T>): Promise<T> {
  try {
    return await take();
  } catch (error) {
    // libvirt says the same of several faults, define the one and rename the other: look again before calling it a conflict
    const perhaps =
      isNotFound(error, VIR_ERR_OPERATION_FAILED) || isNotFound(error, VIR_ERR_OPERATION_INVALID);
    if (!perhaps || !(await nameExists(connection, name))) throw error;
    throw new Problem('vm-name-taken', `There is a VM named ${name} already.`, {
      errors: [{ path: '/name', message: 'is taken' }],
      cause: error,
    });
  }
}

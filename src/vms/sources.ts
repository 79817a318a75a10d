import { stat } from 'node:fs/promises';
import { type Connection, VIR_ERR_NO_NETWORK } from 'node-libvirt';
import { fieldProblem, isNotFound } from '../errors.js';
import { isFilterableType } from '../filtering/policy.js';
import type { NicInput } from '../schemas/nic.js';
import type { InterfaceSpec } from '../xml/interface-build.js';
import { whyUnfilterable } from '../xml/network.js';

async function isLinuxBridge(name: string): Promise<boolean> {
  if (name === '.' || name === '..') return false;
  return stat(`/sys/class/net/${name}/bridge`).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

/**
 * Why a NIC on this network cannot be filtered; undefined when it can.
 * @throws LibvirtError VIR_ERR_NO_NETWORK
 */
export async function whyNetworkUnfilterable(
  connection: Connection,
  name: string,
): Promise<string | undefined> {
  await using network = await connection.lookupNetworkByName(name);
  return whyUnfilterable(await network.getXMLDesc());
}

async function checkNetwork(connection: Connection, name: string, field: string): Promise<void> {
  let reason: string | undefined;
  try {
    reason = await whyNetworkUnfilterable(connection, name);
  } catch (error) {
    if (!isNotFound(error, VIR_ERR_NO_NETWORK)) throw error;
    throw fieldProblem('source-not-found', field, `names a network that libvirt does not have: ${name}`);
  }
  if (reason !== undefined) {
    throw fieldProblem(
      'nic-unfilterable',
      field,
      `names the network ${name}, which cannot be filtered: ${reason}`,
    );
  }
}

/**
 * Checks against the host where a NIC is to be plugged.
 * @param field where the source stands in the request
 * @throws Problem source-not-found, nic-unfilterable or invalid-request
 */
export async function checkSource(
  connection: Connection,
  { type, bridge, network }: NicInput['source'],
  field: string,
): Promise<InterfaceSpec['source']> {
  if (!isFilterableType(type)) {
    throw fieldProblem('nic-unfilterable', `${field}/type`, `is ${type}, which libvirt cannot filter`);
  }
  if (bridge !== undefined && type !== 'bridge') {
    throw fieldProblem('invalid-request', `${field}/bridge`, 'goes with type bridge only');
  }
  if (network !== undefined && type !== 'network') {
    throw fieldProblem('invalid-request', `${field}/network`, 'goes with type network only');
  }
  if (type === 'ethernet') return { type };
  if (type === 'network') {
    if (network === undefined) throw fieldProblem('invalid-request', `${field}/network`, 'is required');
    await checkNetwork(connection, network, `${field}/network`);
    return { type, network };
  }
  if (bridge === undefined) throw fieldProblem('invalid-request', `${field}/bridge`, 'is required');
  if (!(await isLinuxBridge(bridge))) {
    throw fieldProblem(
      'source-not-found',
      `${field}/bridge`,
      `names no Linux bridge of this host: ${bridge}`,
    );
  }
  return { type: 'bridge', bridge };
}

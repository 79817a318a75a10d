import { access, constants, statfs } from 'node:fs/promises';
import { Problem } from '../errors.js';
import type { HostLack } from '../schemas/host.js';
import { type Capabilities, ownCapabilities } from './capabilities.js';
import { failureOf } from './failure.js';
import { imageLacks } from './image-lacks.js';

/** Where the service works, and by what it talks to libvirt. */
export interface HostPlaces {
  uri: string;
  imageDirs: readonly string[];
  stateDir?: string | undefined;
}

/** libvirt's own sockets: of the one daemon for everything, or of the one for QEMU alone. */
const systemSockets = ['/run/libvirt/libvirt-sock', '/run/libvirt/virtqemud-sock'];

/** The sockets of this host that a connection may be made by; none for any other way. */
function socketsOf(uri: string): string[] {
  if (uri === 'qemu:///system') return systemSockets;
  const named = /^qemu\+unix:.*[?&]socket=([^&]+)/.exec(uri)?.[1];
  return named === undefined ? [] : [decodeURIComponent(named)];
}

async function socketLack(uri: string): Promise<HostLack[]> {
  const sockets = socketsOf(uri);
  const failures = await Promise.all(sockets.map((socket) => failureOf(access(socket, constants.W_OK))));
  const refused = sockets.filter((_, i) => failures[i] === 'EACCES');
  if (refused.length === 0 || failures.includes(undefined)) return [];
  return [
    {
      code: 'libvirt-socket',
      detail:
        `The service may not connect to ${refused.join(' or ')}: no VM can be seen or changed. ` +
        "Its user has to be in the socket's group: SupplementaryGroups=libvirt in the unit.",
    },
  ];
}

/** Whether nothing more goes into the directory's file system; root has some of it for itself. */
async function isFull(directory: string): Promise<boolean> {
  const { bavail, bfree } = await statfs(directory);
  return (process.getuid?.() === 0 ? bfree : bavail) === 0;
}

async function stateLack(stateDir: string | undefined): Promise<HostLack[]> {
  if (stateDir === undefined) return [];
  const failure =
    (await failureOf(access(stateDir, constants.W_OK))) ?? ((await isFull(stateDir)) ? 'ENOSPC' : undefined);
  if (failure === undefined) return [];
  const detail = `The state directory ${stateDir} cannot be written to (${failure}): no change is made, since none can be written down.`;
  return [{ code: 'state-unwritable', detail }];
}

const withoutKernel = 'No VM is started, no NIC is changed, guarded or put right, and no verdict is known.';

function netAdminLack(capabilities: Capabilities): HostLack | undefined {
  if (!capabilities.has('CAP_NET_ADMIN'))
    return {
      code: 'net-admin',
      detail:
        `The service does not have CAP_NET_ADMIN, which it takes to read the kernel's rules and to change them. ${withoutKernel} ` +
        'AmbientCapabilities=CAP_NET_ADMIN in the unit gives it, or --cap-add NET_ADMIN with --network host to a container.',
    };
  if (capabilities.handsOn('CAP_NET_ADMIN')) return undefined;
  return {
    code: 'net-admin',
    detail:
      `nft and the tools of ebtables, which the service starts, do not get its CAP_NET_ADMIN. ${withoutKernel} ` +
      'It has to be ambient: AmbientCapabilities=CAP_NET_ADMIN in the unit, not a capability of the file of node.',
  };
}

/**
 * What keeps it from the kernel's rules.
 * @param kernel the problem that reading them has met
 */
export function kernelLack(capabilities: Capabilities, kernel: Problem | undefined): HostLack[] {
  const netAdmin = netAdminLack(capabilities);
  if (netAdmin) return [netAdmin];
  return kernel ? [{ code: 'kernel-unreadable', detail: `${kernel.message} ${withoutKernel}` }] : [];
}

/**
 * The rights that the service is without, found by trying.
 * @param kernel the problem that reading the kernel's rules has met
 */
export async function readLacks(places: HostPlaces, kernel: Problem | undefined): Promise<HostLack[]> {
  const capabilities = await ownCapabilities();
  const lacks = await Promise.all([
    socketLack(places.uri),
    stateLack(places.stateDir),
    imageLacks(places.imageDirs, capabilities),
  ]);
  return [...kernelLack(capabilities, kernel), ...lacks.flat()];
}

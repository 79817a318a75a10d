// The only file that knows the .node file. Its types are kept by hand: what src/ takes and returns.
import { createRequire } from 'node:module';

/** What native calls reject with, or throw. */
export interface NativeError extends Error {
  /** As errno(3) has it. */
  errno: number;
}

/** Who connected a unix socket, as the kernel noted it at that moment. */
export interface PeerCredentials {
  /** Of its process, in this process' PID namespace; 0 where it is not in it. */
  pid: number;
  /** Its effective user, in this process' user namespace. */
  uid: number;
  /** Its effective group. */
  gid: number;
  /** Its supplementary groups. */
  groups: number[];
}

interface Addon {
  /** @param requests types and bodies by turns */
  dump(protocol: number, requests: (number | Uint8Array)[]): Promise<Buffer[]>;
  peerCredentials(fd: number): PeerCredentials;
  sendUnixDatagram(address: string, data: Uint8Array): void;
}

// Debug is the build under AddressSanitizer. The path is the same from lib/ and from dist/.
const build = process.env.ADDON_BUILD === 'Debug' ? 'Debug' : 'Release';
export const addon = createRequire(import.meta.url)(`../build/${build}/node_linux.node`) as Addon;

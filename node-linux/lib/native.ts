// The only file that knows the .node file. Its types are kept by hand: what src/ takes and returns.
import { createRequire } from 'node:module';

/** What native calls reject with. */
export interface NativeError extends Error {
  /** As errno(3) has it. */
  errno: number;
}

interface Addon {
  /** @param requests types and bodies by turns */
  dump(protocol: number, requests: (number | Uint8Array)[]): Promise<Buffer[]>;
}

// Debug is the build under AddressSanitizer. The path is the same from lib/ and from dist/.
const build = process.env.ADDON_BUILD === 'Debug' ? 'Debug' : 'Release';
export const addon = createRequire(import.meta.url)(`../build/${build}/node_linux.node`) as Addon;

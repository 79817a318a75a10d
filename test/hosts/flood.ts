import { type Bytes, hexOf } from './frames/bytes.js';
import type { SerialLines } from './serial.js';

export interface FloodOptions {
  /** Pause between two frames; 0 sends as fast as the guest can. */
  intervalUs?: number;
  /** Offset at which a 32-bit counter is written into each frame. */
  sequenceAt?: number;
  /** Only from the moment that an interface of this name ('*': any) appears: for hot plug. */
  whenAppears?: boolean;
}

export interface Counts {
  sent: number;
  errors: number;
}

/** Frames that a guest sends in the background. */
export class Flood {
  readonly #lines: SerialLines;
  readonly #name: string;

  constructor(lines: SerialLines, name: string) {
    this.#lines = lines;
    this.#name = name;
  }

  count(): Promise<Counts> {
    return this.#ask('COUNT');
  }

  /** Ends it; resolves, with the final counts, when no more will be sent. */
  stop(): Promise<Counts> {
    return this.#ask('STOP');
  }

  async #ask(what: string): Promise<Counts> {
    const [sent, errors] = (await this.#lines.request(`${what} ${this.#name}`)).split(' ').map(Number);
    return { sent: sent ?? 0, errors: errors ?? 0 };
  }
}

/** For a VM's kernel command line: floods from the first moment that the guest sees the interface ('*': any). */
export function floodAtBoot(
  ifname: string,
  frames: (Bytes | string)[],
  intervalUs = 200,
  sequenceAt = -1,
): string {
  return `vw.flood=${ifname}:${intervalUs}:${sequenceAt}:${frames.map(hexOf).join(',')}`;
}

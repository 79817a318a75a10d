import { despiteClashes } from './rule-clash.js';

/** What waits for its turn, or has it. */
interface Turn {
  kind: 'read' | 'build';
  begin: () => void;
}

/** libvirt has built a NIC's rules in a fraction of this, ms. */
const longestMs = 10_000;

/**
 * Keeps reads of filters apart from what makes libvirt build a NIC's rules: libvirt 9.0 locks filters in two orders there,
 * and its daemon may never answer again. Several of one kind go together; whoever came first goes first. Nobody is waited for
 * for more than `longestMs`: what takes that long has built its rules, and waits for a QEMU that hangs.
 */
class FilterGate {
  readonly #waiting: Turn[] = [];
  #kind: Turn['kind'] | undefined;
  #inside = 0;

  async pass<T>(kind: Turn['kind'], work: () => Promise<T>): Promise<T> {
    await new Promise<void>((begin) => {
      this.#waiting.push({ kind, begin });
      this.#next();
    });
    let inside = true;
    const leave = (): void => {
      if (!inside) return;
      inside = false;
      this.#inside -= 1;
      this.#next();
    };
    const timer = setTimeout(leave, longestMs);
    try {
      return await work();
    } finally {
      clearTimeout(timer);
      leave();
    }
  }

  #next(): void {
    for (;;) {
      const [turn] = this.#waiting;
      if (!turn || (this.#inside > 0 && this.#kind !== turn.kind)) return;
      this.#waiting.shift();
      this.#kind = turn.kind;
      this.#inside += 1;
      turn.begin();
    }
  }
}

const gate = new FilterGate();

/** Reads filters from libvirt, while it builds no NIC's rules for this service. The work must not build any. */
export const readingFilters = <T>(read: () => Promise<T>): Promise<T> => gate.pass('read', read);

/**
 * Has libvirt build the rules of a NIC, while this service reads no filters. The work must not read any, and is done again when
 * the rules clashed with somebody else's.
 */
export const buildingRules = <T>(
  build: () => Promise<T>,
  clashed?: (error: unknown) => boolean,
): Promise<T> => gate.pass('build', () => despiteClashes(build, clashed));

/**
 * Does something soon, however often it is asked for: what is asked for within the pause is done once, and what is asked for
 * while it is being done once more afterwards.
 */
export function coalesced(work: () => Promise<void>, pauseMs: number): () => void {
  let waiting = false;
  let running = false;
  async function run(): Promise<void> {
    running = true;
    try {
      await work();
    } finally {
      running = false;
      if (waiting) begin();
    }
  }
  const begin = (): void =>
    void setTimeout(() => {
      waiting = false;
      void run();
    }, pauseMs);
  return () => {
    if (waiting) return;
    waiting = true;
    if (!running) begin();
  };
}

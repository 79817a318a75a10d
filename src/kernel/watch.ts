import { spawn } from 'node:child_process';

/** How long it is waited before a watch that ended is begun again, and one that nft is missing for, ms. */
const againMs = 1000;
const missingMs = 60_000;

/** A watch over the kernel's rules that goes on until it is stopped. */
export interface RuleWatch {
  stop(): void;
}

/**
 * Tells of each change of the kernel's rules, whoever makes it, and each time the watch begins: what was changed before
 * then nobody knows. Only what goes through nftables is seen. Where nft is missing it is tried again each minute.
 */
export function watchRules(
  changed: () => void,
  log: { warn(details: object, message: string): void },
): RuleWatch {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let child: ReturnType<typeof spawn> | undefined;

  function begin(): void {
    if (stopped) return;
    let retryInMs = againMs;
    const monitor = spawn('nft', ['monitor'], { stdio: ['ignore', 'pipe', 'ignore'] });
    child = monitor;
    monitor.stdout.on('data', changed);
    monitor.once('spawn', changed);
    monitor.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') retryInMs = missingMs;
      log.warn(
        { err: error },
        'the rules of the kernel cannot be watched: they are looked at from time to time',
      );
    });
    monitor.once('close', (code) => {
      if (stopped) return;
      log.warn({ code, retryInMs }, 'the watch over the rules of the kernel ended');
      timer = setTimeout(begin, retryInMs);
    });
  }

  begin();
  return {
    stop: () => {
      stopped = true;
      clearTimeout(timer);
      child?.kill();
    },
  };
}

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** What somebody does with nft in this process's network namespace. */
export async function nft(script: string): Promise<void> {
  const running = promisify(execFile)('nft', ['-f', '-']);
  running.child.stdin?.end(script);
  await running;
}

export async function ip(...args: string[]): Promise<void> {
  await promisify(execFile)('ip', args);
}

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** What somebody does with nft in this process's network namespace. */
export async function nft(script: string): Promise<string> {
  const running = promisify(execFile)('nft', ['-a', '-f', '-']);
  running.child.stdin?.end(script);
  return (await running).stdout;
}

export const ip = async (...args: string[]): Promise<string> =>
  (await promisify(execFile)('ip', args)).stdout;

import { chmodSync } from 'node:fs';
import type { Test } from 'tap';
import { startHost, type TestHost } from '../hosts/index.js';

/** A host whose guards this process puts and reads: nft, as it calls it, works on the host's network. */
export class GuardHost {
  readonly host: TestHost;
  readonly #nft: string;

  private constructor(host: TestHost, nft: string) {
    this.host = host;
    this.#nft = nft;
  }

  static async start(t: Test): Promise<GuardHost> {
    const host = await startHost();
    t.teardown(() => host.stop());
    const nft = (await host.run('sh', ['-c', 'command -v nft'])).trim();
    const bin = t.testdir({
      nft: `#!/bin/sh\nexec nsenter --net=/proc/${host.pid}/ns/net ${nft} "$@"\n`,
    });
    chmodSync(`${bin}/nft`, 0o755);
    process.env.PATH = `${bin}:${process.env.PATH ?? ''}`;
    return new GuardHost(host, nft);
  }

  /** What somebody else does with nft. */
  nft(script: string): Promise<string> {
    return this.host.run(this.#nft, ['-a', '-f', '-'], { input: script });
  }

  devices = async (): Promise<string[]> => (await this.host.run('ls', ['/sys/class/net'])).split('\n');

  async addTap(tap: string): Promise<void> {
    await this.host.run('ip', ['tuntap', 'add', tap, 'mode', 'tap']);
    await this.host.run('ip', ['link', 'set', tap, 'master', 'br0', 'up']);
  }
}

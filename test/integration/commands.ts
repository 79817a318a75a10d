import { join } from 'node:path';
import { type CommandError, type TestHost } from '../hosts/index.js';

const entry = new URL('../../dist/cli/index.js', import.meta.url).pathname;

export interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs commands inside a host, where `Service` has its socket and state. */
export function commandsOn(host: TestHost) {
  const env = {
    VIRTWARDEN_LISTEN: `unix:${join(host.dir, 'virtwarden.sock')}`,
    VIRTWARDEN_STATE_DIR: join(host.dir, 'state'),
  };
  return async (...args: string[]): Promise<Ended> => {
    try {
      return { code: 0, stdout: await host.run(process.execPath, [entry, ...args], { env }), stderr: '' };
    } catch (error) {
      const { code, stdout, stderr } = error as CommandError;
      return { code: Number(code), stdout, stderr };
    }
  };
}

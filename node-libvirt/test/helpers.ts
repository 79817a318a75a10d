import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Connection, type ConnectionOptions, type LibvirtError } from '../lib/index.js';

/** For Workers, which load the addon alone: the TypeScript loader is not there. */
export const addonPath = fileURLToPath(
  new URL(
    `../build/${process.env.ADDON_BUILD === 'Debug' ? 'Debug' : 'Release'}/node_libvirt.node`,
    import.meta.url,
  ),
);

export const uri = 'test:///default';

/** Connections of the test driver share one host within a process, so most tests undo what they did. */
export function open(options?: ConnectionOptions): Promise<Connection> {
  return Connection.open(uri, options);
}

/** A listener whose items can be waited for. The deadline also keeps the process: events do not. */
export class Collector<T> {
  readonly items: T[] = [];
  #wake = (): void => undefined;

  readonly add = (item: T): void => {
    this.items.push(item);
    this.#wake();
  };

  async until(enough: (items: T[]) => boolean, seconds = 60): Promise<T[]> {
    const deadline = Date.now() + seconds * 1000;
    while (!enough(this.items)) {
      await new Promise<void>((resolve, reject) => {
        const timer = setTimeout(() => {
          reject(new Error(`not in ${seconds} s; so far ${JSON.stringify(this.items)}`));
        }, deadline - Date.now());
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    return this.items;
  }
}

/** The error that a promise rejects with; it has to. */
export async function failure<E = LibvirtError>(promise: Promise<unknown>): Promise<E> {
  try {
    await promise;
  } catch (error) {
    return error as E;
  }
  throw new Error('should have been rejected');
}

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;

/** Collects garbage and lets finalizers run. */
export async function collect(): Promise<void> {
  for (let round = 0; round < 3; round++) {
    gc();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

export function domainXML(name: string): string {
  return `<domain type='test'><name>${name}</name><memory>1024</memory><os><type>hvm</type></os></domain>`;
}

interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** Runs TypeScript, with `lv` and `open` there, in a process of its own, to its end. */
export function runProcess(body: string, env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const source = `
    import * as lv from '${new URL('../lib/index.ts', import.meta.url).href}';
    const open = () => lv.Connection.open('${uri}');
    ${body}`;
  const args = ['--import=tsx', '--input-type=module', '--eval', source];
  const child = spawn(process.execPath, args, { env: { ...process.env, ...env }, timeout: 60_000 });
  const texts = { stdout: '', stderr: '' };
  child.stdout.on('data', (data: Buffer) => (texts.stdout += data.toString()));
  child.stderr.on('data', (data: Buffer) => (texts.stderr += data.toString()));
  return new Promise((resolve) => {
    child.on('close', (code, signal) => {
      resolve({ code, signal, ...texts });
    });
  });
}

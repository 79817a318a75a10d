import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { text } from 'node:stream/consumers';
import { DatagramReceiver } from '../../node-linux/test/datagram-receiver.js';
import { run, type TestHost } from '../hosts/index.js';
import type { Inside } from '../hosts/namespaces.js';

/** How long something may take that systemd tells nobody of, and how often it is asked, ms. */
const patienceMs = 60_000;
const pollMs = 100;

const bootScript = join(import.meta.dirname, 'boot.sh');

/** A system of a root directory that runs in a test host, with a systemd of its own. */
export class Booted implements AsyncDisposable {
  readonly #group: string;
  readonly #process: Inside;
  /** Of its systemd, as seen from outside. */
  readonly #pid: string;

  private constructor(group: string, started: Inside, pid: string) {
    this.#group = group;
    this.#process = started;
    this.#pid = pid;
  }

  /** Resolves once all is started that is enabled. */
  static async start(host: TestHost, root: string): Promise<Booted> {
    const group = `virtwarden-test-${randomUUID()}`;
    await using manager = await DatagramReceiver.bind(join(root, 'notify'));
    const started = await host.spawn('unshare', ['--mount', 'sh', bootScript, root, group], {
      stderr: 'pipe',
    });
    started.stdout.resume();
    const said = started.stderr ? text(started.stderr) : undefined;
    const ended = started.ended.then(async () => {
      throw new Error(`systemd did not come up: ${(await said) ?? ''}`);
    });
    await Promise.race([manager.nextWith('READY=1'), ended]);
    const children = await readFile(`/proc/${started.pid}/task/${started.pid}/children`, 'utf8');
    return new Booted(group, started, children.trim());
  }

  /** Runs a command inside to its end; gives what it prints. */
  run(command: string, ...args: string[]): Promise<string> {
    const where = ['--mount', '--uts', '--ipc', '--net', '--pid', '--cgroup', '--root', '--wd'];
    return run('nsenter', ['--target', this.#pid, ...where, command, ...args]);
  }

  /** What systemd says of the service. */
  async show(property: string): Promise<string> {
    return (await this.run('systemctl', 'show', '--value', `--property=${property}`, 'virtwarden')).trim();
  }

  /** Waits until systemd says so of the service. @throws when a minute has gone by */
  async until(property: string, wanted: RegExp): Promise<void> {
    const end = Date.now() + patienceMs;
    for (;;) {
      const said = await this.show(property);
      if (wanted.test(said)) return;
      if (Date.now() > end) throw new Error(`${property} is still ${said}`);
      await delay(pollMs);
    }
  }

  /** The path outside of one inside. */
  path(inside: string): string {
    return `/proc/${this.#pid}/root${inside}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // with its first process a process namespace has ended, and then unshare does
    process.kill(Number(this.#pid), 'SIGKILL');
    await this.#process.ended;
    const remove =
      'mount -t cgroup2 cgroup2 /sys/fs/cgroup && find "/sys/fs/cgroup/$1" -depth -type d -exec rmdir {} +';
    await run('unshare', ['--mount', 'sh', '-c', remove, 'sh', this.#group]);
  }
}

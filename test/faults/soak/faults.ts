import { setTimeout } from 'node:timers/promises';
import { qemuPid, type TestHost } from '../../hosts/index.js';
import type { Service } from '../../integration/service.js';
import { isHeld, letGo } from '../held-start.js';
import { prefix } from './churn.js';
import type { Dice } from './dice.js';

/** What a fault is done to. */
export interface Scene {
  host: TestHost;
  dice: Dice;
  service: () => Service;
  /** Starts the service anew, once it has ended. */
  again: () => Promise<void>;
  /** A libvirt that holds a VM in a start which was cut off, as the service says: how often that was mended by hand. */
  held: number;
}

const hangMs = 8000;
const gone = 'the connection to libvirt is gone';
const back = 'connected to libvirt';

/** The VMs that come and go, and run. */
const running = async ({ host }: Scene): Promise<string[]> =>
  (await host.virsh('list', '--name')).split('\n').filter((name) => name.startsWith(prefix));

/** The QEMU of one of them, as seen from outside; undefined when none runs. */
async function someQemu(scene: Scene): Promise<number | undefined> {
  const vms = await running(scene);
  if (vms.length === 0) return undefined;
  return qemuPid(scene.host, scene.dice.of(vms)).catch(() => undefined); // it may have gone meanwhile
}

/** Sends a signal to a process that may have ended meanwhile. */
function signal(pid: number | undefined, name: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function mendHeld(scene: Scene): Promise<void> {
  for (const number of [1, 2]) {
    const vm = `${prefix}${number}`;
    if (!(await isHeld(scene.host, vm))) continue;
    await letGo(scene.host, scene.service(), vm);
    scene.held += 1;
  }
}

async function endService(scene: Scene, signal: NodeJS.Signals): Promise<void> {
  await scene.service().stop(signal);
  await scene.again();
}

/** What may go wrong around the service. Each resolves when it is over. */
export const faults: Readonly<Record<string, (scene: Scene) => Promise<void>>> = {
  'libvirtd killed': async (scene) => {
    const seen = scene.service().logLength;
    await scene.host.libvirtd.kill('SIGKILL');
    await scene.service().logged(gone, seen);
    await scene.host.libvirtd.start();
    await scene.service().logged(back, seen);
    await mendHeld(scene);
  },
  'libvirtd restarted': async (scene) => {
    const seen = scene.service().logLength;
    await scene.host.libvirtd.restart();
    await scene.service().logged(back, seen);
    await mendHeld(scene);
  },
  'libvirtd hangs': async (scene) => {
    const seen = scene.service().logLength;
    await scene.host.libvirtd.kill('SIGSTOP');
    await scene.service().logged(gone, seen);
    await scene.host.libvirtd.kill('SIGCONT');
    await scene.service().logged(back, seen);
  },
  'a QEMU killed': async (scene) => signal(await someQemu(scene), 'SIGKILL'),
  'a QEMU hangs': async (scene) => {
    const pid = await someQemu(scene);
    signal(pid, 'SIGSTOP');
    await setTimeout(hangMs);
    signal(pid, 'SIGCONT');
  },
  'rules emptied': async ({ host, dice }) => {
    const tap = dice.of(await host.taps());
    await host.run('sh', ['-c', `ebtables -t nat -F I-${tap}-mac || true`]); // it may be gone by now
  },
};

/** These end the process of the service, whose memory is then another one's. */
export const serviceFaults: typeof faults = {
  'the service killed': (scene) => endService(scene, 'SIGKILL'),
  'the service restarted': (scene) => endService(scene, 'SIGTERM'),
};

import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { kvmIsClosed } from './kvm.mjs';
import { ownDaemon } from './own-daemon.mjs';
import { isRoot } from './packages.mjs';
import { quietly } from './run.mjs';
import { Stop, WRONG_USE, say } from './stop.mjs';

/** The one daemon for everything, or the one for QEMU alone: either serves qemu:///system. */
const sockets = ['/run/libvirt/libvirt-sock', '/run/libvirt/virtqemud-sock'];

function accepts(path) {
  return new Promise((resolve) => {
    const socket = connect(path);
    const done = (answer) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => done(true));
    // Who is refused for want of rights has met a daemon.
    socket.once('error', (error) => done(error.code === 'EACCES'));
  });
}

export async function libvirtAnswers() {
  const answers = await Promise.all(sockets.map(accepts));
  return answers.includes(true);
}

async function startDaemons() {
  if (existsSync('/run/systemd/system')) {
    say('no libvirt daemon is running: starting libvirtd with systemctl');
    return quietly('systemctl', ['start', 'libvirtd']);
  }
  say('no libvirt daemon is running: starting virtlogd and libvirtd, which stay when this command ends');
  if (!(await accepts('/run/libvirt/virtlogd-sock'))) await quietly('virtlogd', ['--daemon']);
  const [command, ...args] = ownDaemon(['libvirtd', '--daemon']);
  return quietly(command, args);
}

/** Starts libvirt's daemons when none answers. One that runs already is left alone. */
export async function ensureLibvirt() {
  if (await libvirtAnswers()) return;
  if (!isRoot()) {
    throw new Stop(
      'No libvirt daemon is running: start it with `sudo systemctl start libvirtd`, or run npm start as root.',
      WRONG_USE,
    );
  }
  await startDaemons();
  const limit = Date.now() + 60_000;
  while (!(await libvirtAnswers())) {
    if (Date.now() > limit)
      throw new Stop(
        'libvirtd was started but does not answer; its log has the reason (/var/log/libvirt, journalctl -u libvirtd).',
      );
    await sleep(50);
  }
}

/** Says so where VMs are emulated though the machine has KVM. */
export function mentionClosedKvm() {
  if (!kvmIsClosed()) return;
  say('QEMU may not open /dev/kvm, so VMs are emulated, slowly; what would let it:');
  say('chgrp kvm /dev/kvm && chmod 660 /dev/kvm, and libvirtd started anew');
}

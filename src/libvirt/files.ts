import { existsSync, readdirSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Connection } from 'node-libvirt';

/** Where libvirt's daemons of this host keep the definitions, and the state of what runs; some come with the first of a kind. */
const filters = '/etc/libvirt/nwfilter';
const running = '/run/libvirt/qemu';
const definitions = '/etc/libvirt/qemu';
const autostart = '/etc/libvirt/qemu/autostart';
const ofVms = [definitions, running, '/run/libvirt/nwfilter-binding'];
const directories = {
  vms: ofVms,
  filters: [filters],
  all: [...ofVms, filters, autostart, '/etc/libvirt/qemu/networks', '/run/libvirt/network'],
};
/** Where clients connect: to the one daemon, or to QEMU's. */
const sockets = ['/run/libvirt/libvirt-sock', '/run/libvirt/virtqemud-sock'];

/**
 * How long ago a directory must have been changed for its time to be of that change alone, ms. The kernel's clock for files
 * moves by up to 10 ms at a time; a time in whole seconds is of a file system that has no better.
 */
const settled = { fine: 50, coarse: 2100 };

function stat(path: string): Stats | undefined {
  return statSync(path, { throwIfNoEntry: false });
}

/** Its times are of less than a µs, which does: what is settled changes no sooner than a settling later. */
const markOf = (found: Stats | undefined): string =>
  found ? `${found.dev}:${found.ino}:${found.mtimeMs}:${found.ctimeMs}` : '';

function isSettled({ mtimeMs }: Stats, now: number): boolean {
  const wait = mtimeMs % 1000 === 0 ? settled.coarse : settled.fine;
  return now - mtimeMs > wait;
}

/** @returns undefined where a change might not show: it is too fresh, or what is mounted there is not the daemon's */
function settledMark(path: string, device: number, now: number): string | undefined {
  const found = stat(path);
  if (!found) return path === running ? undefined : '';
  return found.dev === device && isSettled(found, now) ? markOf(found) : undefined;
}

interface Devices {
  etc: number;
  run: number;
}

/** The file systems that hold them, by the connections whose daemon was seen to keep them there. */
const proven = new WeakMap<Connection, Devices>();

/**
 * Finds out whether a connection's daemon keeps its files here, by a change that must show. libvirt's own files are then a proof
 * that nothing has changed: a daemon writes each of them beside the old one and renames it before it answers whoever has
 * asked for the change, and that changes the directory's time. Where libvirt is elsewhere, or its directories are not seen,
 * there is no proof, and everything is read.
 * @param change has the daemon write into the directory of filters, and leaves everything as it was
 * @throws LibvirtError, and what the change throws
 */
export async function proveFiles(connection: Connection, change: () => Promise<void>): Promise<void> {
  if ((await connection.getURI()) !== 'qemu:///system') return;
  const socket = sockets.map(stat).find((one) => one !== undefined);
  if (!socket) return;
  // one that was changed in the future, by a clock that was set back since, takes until then
  for (let found = stat(filters); found && !isSettled(found, Date.now()); found = stat(filters)) {
    if (connection.closed) return;
    await delay(settled.fine, undefined, { ref: false });
  }
  const before = stat(filters);
  await change();
  if (before && markOf(stat(filters)) !== markOf(before))
    proven.set(connection, { etc: before.dev, run: socket.dev });
}

/**
 * What stands for what libvirt has now. While it is the same, nothing of it has changed.
 * @param what the VMs with their NICs' bindings, the filters, or both with networks as well
 * @returns undefined when there is no proof, or when what changes now might not show
 */
export function filesMark(connection: Connection, what: keyof typeof directories): string | undefined {
  const devices = proven.get(connection);
  if (!devices) return undefined;
  const now = Date.now(); // before they are looked at: what changes then is not settled
  try {
    const marks = directories[what].map((path) =>
      settledMark(path, path.startsWith('/run/') ? devices.run : devices.etc, now),
    );
    return marks.includes(undefined) ? undefined : marks.join(' ');
  } catch {
    return undefined; // somebody has closed a directory to this user
  }
}

/** What stands for what single objects of libvirt say, by their names; undefined: a change of it now might not show. */
export type Marks = ReadonlyMap<string, string | undefined>;

/** Those of what was read with some marks that still say the same. */
export const unchangedBetween = <T extends { name: string }>(
  read: { marks: Marks; items: readonly T[] } | undefined,
  marks: Marks,
): T[] =>
  read?.items.filter(
    ({ name }) => marks.get(name) !== undefined && marks.get(name) === read.marks.get(name),
  ) ?? [];

/** The marks of the files of a directory. */
function marksIn(directory: string, device: number, now: number): Marks {
  const names = readdirSync(directory).filter((file) => file.endsWith('.xml'));
  return new Map(
    names.map((file) => [file.slice(0, -'.xml'.length), settledMark(join(directory, file), device, now)]),
  );
}

/** @returns nothing where there is no proof */
function singleMarks(connection: Connection, of: (devices: Devices, now: number) => Marks): Marks {
  const devices = proven.get(connection);
  if (!devices) return new Map();
  try {
    return of(devices, Date.now());
  } catch {
    return new Map(); // somebody has closed a directory to this user
  }
}

/** What stands for what single filters say now, by their names: while it is the same for one, that has not changed. */
export const filterMarks = (connection: Connection): Marks =>
  singleMarks(connection, ({ etc }, now) => marksIn(filters, etc, now));

/** The same of VMs: of what runs, of the definition, and of whether it is started with the host. */
export const domainMarks = (connection: Connection): Marks =>
  singleMarks(connection, ({ etc, run }, now) => {
    const [defined, live] = [marksIn(definitions, etc, now), marksIn(running, run, now)];
    // comes with the first; a link is there or not, and nothing in it could change
    const started = new Set(existsSync(autostart) ? readdirSync(autostart) : []);
    const both = (name: string): string | undefined => {
      const marks = [defined, live].map((of) => (of.has(name) ? of.get(name) : ''));
      return marks.includes(undefined) ? undefined : `${marks.join(' ')} ${started.has(`${name}.xml`)}`;
    };
    return new Map([...defined.keys(), ...live.keys()].map((name) => [name, both(name)]));
  });

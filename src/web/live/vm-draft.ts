import type { Schemas } from '../api/client.js';
import { newNic, type NicDraft, nicInputOf } from './nic-draft.js';

/** A VM as somebody has written it down, before it is asked for. */
export interface VmDraft {
  name: string;
  memory: string;
  vcpus: string;
  disk: string;
  cdrom: string;
  kernel: string;
  initrd: string;
  cmdline: string;
  nics: NicDraft[];
  start: boolean;
}

export const newVm: VmDraft = {
  name: '',
  memory: '1024',
  vcpus: '1',
  disk: '',
  cdrom: '',
  kernel: '',
  initrd: '',
  cmdline: '',
  nics: [newNic],
  start: true,
};

/** An image by its path, or by its pool and volume. */
function imageOf(text: string): { path: string } | { pool: string; volume: string } {
  if (text.startsWith('/')) return { path: text };
  const [pool = '', ...volume] = text.split('/');
  return { pool, volume: volume.join('/') };
}

/** What is asked for. @throws Failure */
export function vmInputOf(draft: VmDraft): Schemas['VmInput'] {
  const { name, memory, vcpus, disk, cdrom, kernel, initrd, cmdline, nics, start } = draft;
  return {
    name,
    memoryMiB: Number(memory),
    vcpus: Number(vcpus),
    start,
    nics: nics.map(nicInputOf),
    ...(disk !== '' && { disks: [{ ...imageOf(disk), readOnly: false }] }),
    ...(cdrom !== '' && { cdrom: imageOf(cdrom) }),
    ...(kernel !== '' && {
      boot: { kernel, ...(initrd !== '' && { initrd }), ...(cmdline !== '' && { cmdline }) },
    }),
  };
}

import { setTimeout } from 'node:timers/promises';
import type { NicInput } from '../../../src/schemas/nic.js';
import type { Vm } from '../../../src/schemas/vm.js';
import { guestImage } from '../../hosts/index.js';
import type { Answer } from '../../integration/http.js';
import { onBridge, type Service } from '../../integration/service.js';
import type { Dice } from './dice.js';
import { forgesAtBoot } from './spoofers.js';
import type { Tally } from './tally.js';

/** What the names of VMs that come and go begin with. */
export const prefix = 'churn-';

const refusedMs = 200;
const lists = [
  ['vdsm-no-mac-spoofing'],
  ['no-mac-spoofing', 'no-arp-mac-spoofing'],
  ['virtwarden-strict-mac'],
];

/** Someone who makes a VM, changes it, and deletes it, again and again. */
export class Churn {
  readonly #name: string;
  readonly #service: () => Service;
  readonly #dice: Dice;
  readonly #tally: Tally;

  constructor(number: number, service: () => Service, dice: Dice, tally: Tally) {
    this.#name = `${prefix}${number}`;
    this.#service = service;
    this.#dice = dice;
    this.#tally = tally;
  }

  /** Goes on until it is told to end, with the change that it is at. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      if (await this.#create()) await this.#live(signal);
      // also what a fault has left of one that was not made
      await this.#ask('delete', 'DELETE', '?force=true');
    }
  }

  async #live(signal: AbortSignal): Promise<void> {
    for (let i = 2 + this.#dice.below(4); i > 0; i--) {
      if (signal.aborted) return;
      await this.#dice.of(this.#changes)();
    }
  }

  async #create(): Promise<boolean> {
    const { kernel, initrd, cmdline } = await guestImage();
    const nics = Array.from({ length: 1 + this.#dice.below(3) }, () => this.#nic());
    const boot = { kernel, initrd, cmdline: `${cmdline} ${forgesAtBoot}` };
    const made = await this.#count('create', () => this.#service().create(this.#name, nics, { boot }));
    return made !== undefined;
  }

  #nic(): NicInput {
    return { ...onBridge(), ...(this.#dice.below(2) === 0 && { filters: this.#dice.of(lists) }) };
  }

  readonly #changes = [
    () => this.#ask('plug', 'POST', '/nics', this.#nic()),
    async () => {
      const mac = await this.#someMac();
      if (mac) await this.#ask('change filters', 'PATCH', `/nics/${mac}`, { filters: this.#dice.of(lists) });
    },
    async () => {
      const mac = await this.#someMac();
      if (mac) await this.#ask('unplug', 'DELETE', `/nics/${mac}?wait=60`);
    },
    async () => {
      await this.#ask('suspend', 'POST', '/suspend');
      await this.#ask('resume', 'POST', '/resume');
    },
    async () => {
      await this.#ask('stop', 'POST', '/stop');
      await this.#ask('start', 'POST', '/start');
    },
  ];

  async #someMac(): Promise<string | undefined> {
    const nics = (await this.#ask<Vm>('read', 'GET', ''))?.nics ?? [];
    return nics.length > 0 ? this.#dice.of(nics).mac : undefined;
  }

  async #ask<T>(what: string, method: string, path: string, body?: unknown): Promise<T | undefined> {
    return this.#count(what, () => this.#service().request<T>(method, `/v1/vms/${this.#name}${path}`, body));
  }

  /** Nobody who is refused asks again at once. */
  async #count<T>(what: string, ask: () => Promise<Answer<T>>): Promise<T | undefined> {
    const body = await this.#tally.count(what, ask);
    if (body === undefined) await setTimeout(refusedMs);
    return body;
  }
}

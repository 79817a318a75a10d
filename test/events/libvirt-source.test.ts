import { setTimeout as delay } from 'node:timers/promises';
import type { Connection, Domain, DomainEventMap } from 'node-libvirt';
import * as libvirt from 'node-libvirt';
import t, { type Test } from 'tap';
import { EventBus } from '../../src/events/bus.js';
import { lifecycleOf } from '../../src/events/lifecycle.js';
import { LibvirtSource } from '../../src/events/libvirt-source.js';
import { eventsIn } from '../helpers/events.js';

const domain = { uuid: '6695eb01-f6a4-8304-79aa-97f2502e193f', name: 'vm1', id: 1 };
const xmlOf = (nics: Record<string, string>) =>
  `<domain><devices>${Object.entries(nics)
    .map(([alias, mac]) => `<interface><mac address='${mac}'/><alias name='${alias}'/></interface>`)
    .join('')}</devices></domain>`;

/** A libvirt that says what it is told to say, and the events that come of it. */
async function source(t: Test, nics: Record<string, string>) {
  const listeners = new Map<string, (event: unknown) => void>();
  let lost: (count: number) => void = () => undefined;
  const state = { nics, reading: Promise.resolve() };
  const connection: Partial<Connection> = {
    domainEventRegister: (kind: string, listener: unknown) => {
      listeners.set(kind, listener as (event: unknown) => void);
      return Promise.resolve({
        close: () => Promise.resolve(),
        [Symbol.asyncDispose]: () => Promise.resolve(),
      });
    },
    onEventsLost: (listener) => {
      lost = listener;
      return () => true;
    },
    getAllDomainsXML: () => Promise.resolve([{ ...domain, state: 1, xml: xmlOf(nics) } as never]),
    lookupDomainByUUIDString: () =>
      Promise.resolve({
        getXMLDesc: async () => {
          await state.reading;
          return xmlOf(state.nics);
        },
        [Symbol.asyncDispose]: () => Promise.resolve(),
      } as Partial<Domain> as Domain),
  };
  const bus = new EventBus();
  const log = { warn: (details: object) => t.fail('a warning', details) };
  await new LibvirtSource(connection as Connection, bus, log).start();
  const emit = <K extends keyof DomainEventMap>(kind: K, event: Omit<DomainEventMap[K], 'domain'>) =>
    listeners.get(kind)?.({ domain, ...event });
  const told = async () => {
    await delay(20);
    return Array.from({ length: bus.range.next - 1 }, (_, i) => bus.at(i + 1)).flatMap((kept) =>
      eventsIn(kept?.message.toString() ?? '').map(({ type, data }) => ({ type, ...data })),
    );
  };
  return { state, emit, told, lose: (count: number) => lost(count) };
}

const vm = { vm: domain.uuid, name: 'vm1' };

await t.test('NICs that come and go, those from before included', async (t) => {
  const { state, emit, told } = await source(t, { net0: 'a', 'ua-mine': 'b' });
  emit('deviceRemovalFailed', { alias: 'ua-mine' });
  emit('deviceRemoved', { alias: 'ua-mine' });
  state.nics = { net0: 'a', net1: 'c' };
  emit('deviceAdded', { alias: 'net1' });
  emit('deviceAdded', { alias: 'virtio-disk1' });
  emit('deviceRemoved', { alias: 'net0' });
  emit('deviceRemoved', { alias: 'virtio-disk0' });
  t.strictSame(await told(), [
    { type: 'nic.unplug-refused', ...vm, alias: 'ua-mine', nic: 'b' },
    { type: 'nic.unplugged', ...vm, alias: 'ua-mine', nic: 'b' },
    { type: 'nic.plugged', ...vm, alias: 'net1', nic: 'c' },
    { type: 'nic.unplugged', ...vm, alias: 'net0', nic: 'a' },
  ]);
});

await t.test('what cannot be known for certain is left out', async (t) => {
  const { state, emit, told } = await source(t, {});
  state.nics = { net1: 'second' };
  emit('deviceAdded', { alias: 'net1' });
  emit('deviceRemoved', { alias: 'net1' });
  emit('deviceAdded', { alias: 'net1' });
  t.strictSame(await told(), [
    { type: 'nic.plugged', ...vm, alias: 'net1' },
    { type: 'nic.unplugged', ...vm, alias: 'net1' },
    { type: 'nic.plugged', ...vm, alias: 'net1', nic: 'second' },
  ]);
});

await t.test('the order is that of libvirt, also while something is looked up', async (t) => {
  const { state, emit, told, lose } = await source(t, {});
  state.reading = delay(10);
  emit('lifecycle', { event: libvirt.VIR_DOMAIN_EVENT_STARTED, detail: 0 });
  emit('deviceAdded', { alias: 'net7' });
  emit('reboot', {});
  lose(3);
  emit('lifecycle', { event: libvirt.VIR_DOMAIN_EVENT_STOPPED, detail: 99 });
  emit('lifecycle', { event: 99, detail: 0 });
  t.strictSame(await told(), [
    { type: 'vm.started', ...vm, reason: 'booted' },
    { type: 'nic.plugged', ...vm, alias: 'net7' },
    { type: 'vm.rebooted', ...vm },
    { type: 'events.lost', reason: 'libvirt', count: 3 },
    { type: 'vm.stopped', ...vm, reason: 'unknown' },
  ]);
});

await t.test('each detail of libvirt has its reason', (t) => {
  const kinds = [
    'DEFINED',
    'UNDEFINED',
    'STARTED',
    'SUSPENDED',
    'RESUMED',
    'STOPPED',
    'SHUTDOWN',
    'PMSUSPENDED',
  ];
  const words: Record<string, string> = { ioerror: 'io-error', 'host-shutdown': 'host' };
  const constants = new Map<string, unknown>(Object.entries(libvirt));
  for (const kind of [...kinds, 'CRASHED']) {
    const prefix = `VIR_DOMAIN_EVENT_${kind}_`;
    const details = [...constants].filter(([name]) => name.startsWith(prefix));
    t.ok(details.length > 0);
    for (const [name, detail] of details) {
      const word = name.slice(prefix.length).toLowerCase().replaceAll('_', '-');
      const known = lifecycleOf(Number(constants.get(`VIR_DOMAIN_EVENT_${kind}`)), Number(detail));
      t.equal(known?.reason, words[word] ?? word, name);
    }
  }
  t.end();
});

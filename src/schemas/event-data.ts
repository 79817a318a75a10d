import Type, { type Static, type TSchema } from 'typebox';
import { Config, configKeys } from './config.js';
import { ref } from './ref.js';

const Uuid = Type.String({ format: 'uuid' });
const Vm = { vm: Uuid, name: Type.String({ description: 'its name at that time' }) };
const Nic = Type.String({ description: 'its MAC address' });
const Port = Type.Optional(Type.String({ description: 'its tap' }));

const vmData = <const R extends string[]>(...reasons: R) =>
  Type.Object({ ...Vm, reason: Type.Enum([...reasons, 'unknown'], { description: 'as libvirt tells it' }) });
const nicData = Type.Object({
  ...Vm,
  alias: Type.String({ description: "libvirt's name of the device", examples: ['net1'] }),
  nic: Type.Optional(Type.String({ description: 'its MAC address, where it is known for certain' })),
});
const nwfilterData = Type.Object({ nwfilter: Type.String({ description: 'its name' }) });
const repairData = Type.Object({
  vm: Type.Optional(Uuid),
  nic: Type.Optional(Nic),
  port: Port,
  detail: Type.String(),
});

const Operation = { operation: Uuid, kind: Type.String(), vm: Type.Optional(Uuid) };
const operationData = Type.Object(Operation);

/** Each type of event, with the schema of its data: a new type is a line here and one in docs/events.md. */
export const eventData = {
  'vm.defined': vmData('added', 'updated', 'renamed', 'from-snapshot'),
  'vm.undefined': vmData('removed', 'renamed'),
  'vm.started': vmData('booted', 'migrated', 'restored', 'from-snapshot', 'wakeup'),
  'vm.paused': vmData(
    'paused',
    'migrated',
    'io-error',
    'watchdog',
    'restored',
    'from-snapshot',
    'api-error',
    'postcopy',
    'postcopy-failed',
  ),
  'vm.resumed': vmData('unpaused', 'migrated', 'from-snapshot', 'postcopy', 'postcopy-failed'),
  'vm.stopped': vmData('shutdown', 'destroyed', 'crashed', 'migrated', 'saved', 'failed', 'from-snapshot'),
  'vm.shutdown': vmData('finished', 'guest', 'host'),
  'vm.pmsuspended': vmData('memory', 'disk'),
  'vm.crashed': vmData('panicked', 'crashloaded'),
  'vm.rebooted': Type.Object(Vm),
  'nic.plugged': nicData,
  'nic.unplugged': nicData,
  'nic.unplug-refused': nicData,
  'nic.trust-expired': Type.Object({
    ...Vm,
    nic: Nic,
    filters: Type.Array(Type.String(), { description: 'the filters that it has again' }),
  }),
  'nwfilter.defined': nwfilterData,
  'nwfilter.replaced': nwfilterData,
  'nwfilter.deleted': nwfilterData,
  'enforcement.drifted': Type.Object({
    vm: Uuid,
    nic: Nic,
    port: Port,
    findings: Type.Array(Type.Object({ code: Type.String(), detail: Type.String() })),
  }),
  'enforcement.restored': Type.Object({ vm: Uuid, nic: Nic, port: Port }),
  'enforcement.repaired': repairData,
  'enforcement.repair-failed': repairData,
  'spoof.dropped': Type.Object({
    vm: Uuid,
    nic: Nic,
    port: Type.String({ description: 'its tap' }),
    class: Type.String({ description: 'what was forged', examples: ['mac', 'arp'] }),
    frames: Type.Integer({ minimum: 1, description: 'how many were dropped' }),
  }),
  'config.changed': Type.Object({
    changed: Type.Array(Type.Enum(configKeys), { description: 'the keys whose values are others now' }),
    config: ref(Config),
  }),
  'operation.started': operationData,
  'operation.succeeded': operationData,
  'operation.failed': Type.Object({
    ...Operation,
    problem: Type.String({ description: 'the type of its problem', examples: ['/problems/libvirt-refused'] }),
    detail: Type.String(),
  }),
  'operation.cancelled': operationData,
  'libvirt.connected': Type.Object({
    again: Type.Boolean({ description: 'not the first time: what happened meanwhile was not seen' }),
  }),
  'libvirt.disconnected': Type.Object({}),
  'events.lost': Type.Object({
    reason: Type.Enum(['restarted', 'expired', 'unknown-id', 'libvirt', 'too-large'], {
      description:
        'restarted, expired, unknown-id: what came after Last-Event-ID is not all there, and what there is follows; ' +
        'libvirt: it came faster than it could be taken; too-large: one event was',
    }),
    count: Type.Optional(Type.Integer({ description: 'how many, where that is known' })),
    type: Type.Optional(Type.String({ description: 'the type of the one that was too large' })),
  }),
  'events.closed': Type.Object({
    reason: Type.Enum(['slow', 'shutdown', 'unauthorized'], {
      description:
        'slow: the reader did not keep up; shutdown: the service ends; unauthorized: its token holds no longer',
    }),
  }),
} as const satisfies Record<string, TSchema>;

export type EventType = keyof typeof eventData;
export type EventData<K extends EventType> = Static<(typeof eventData)[K]>;
export const eventTypes = Object.keys(eventData) as EventType[];

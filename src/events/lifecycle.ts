import * as libvirt from 'node-libvirt';
import { eventData, type EventType } from '../schemas/event-data.js';

/** The types of events that say what became of a VM. */
export type VmEventType = Exclude<Extract<EventType, `vm.${string}`>, 'vm.rebooted'>;

/** libvirt's kinds of lifecycle events. Their details are numbered from 0, in the order of the reasons in the schema. */
const types: ReadonlyMap<number, VmEventType> = new Map([
  [libvirt.VIR_DOMAIN_EVENT_DEFINED, 'vm.defined'],
  [libvirt.VIR_DOMAIN_EVENT_UNDEFINED, 'vm.undefined'],
  [libvirt.VIR_DOMAIN_EVENT_STARTED, 'vm.started'],
  [libvirt.VIR_DOMAIN_EVENT_SUSPENDED, 'vm.paused'],
  [libvirt.VIR_DOMAIN_EVENT_RESUMED, 'vm.resumed'],
  [libvirt.VIR_DOMAIN_EVENT_STOPPED, 'vm.stopped'],
  [libvirt.VIR_DOMAIN_EVENT_SHUTDOWN, 'vm.shutdown'],
  [libvirt.VIR_DOMAIN_EVENT_PMSUSPENDED, 'vm.pmsuspended'],
  [libvirt.VIR_DOMAIN_EVENT_CRASHED, 'vm.crashed'],
]);

/** What a lifecycle event of libvirt's is called here; undefined for one that libvirt has come to know since. */
export function lifecycleOf(
  event: number,
  detail: number,
): { type: VmEventType; reason: string } | undefined {
  const type = types.get(event);
  if (type === undefined) return undefined;
  const reasons: readonly string[] = eventData[type].properties.reason.enum;
  return { type, reason: reasons.slice(0, -1)[detail] ?? 'unknown' };
}

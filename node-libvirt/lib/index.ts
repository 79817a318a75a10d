export * from './connection.js';
export * from './constants.js';
export { Domain } from './domain.js';
export { ClosedError, LibvirtError } from './errors.js';
export type { DomainEventMap, DomainRefData, Subscription } from './events.js';
export type {
  DHCPLease,
  DomainInfo,
  DomainInterface,
  DomainState,
  DomainStates,
  DomainStats,
  DomainXML,
  InterfaceStats,
  NWFilterBindingXML,
  NWFilterXML,
  Params,
  ParamValue,
  StoragePoolInfo,
  StorageVolInfo,
} from './native.js';
export { Network } from './network.js';
export { NWFilterBinding } from './nwfilter-binding.js';
export { NWFilter } from './nwfilter.js';
export { StoragePool } from './storage-pool.js';
export { StorageVol } from './storage-vol.js';

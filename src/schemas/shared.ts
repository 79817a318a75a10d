import { Address, AddressList } from './address.js';
import { CloudInitInput } from './cloud-init.js';
import { Config, ConfigChange, ConfigPatch } from './config.js';
import { CdromInput, Disk, DiskInput, DiskPatch, SizedDisk, SizedDiskList } from './disk.js';
import { enforcementSchemas } from './enforcement.js';
import * as nic from './nic.js';
import { ServiceEvent } from './event.js';
import { hostSchemas } from './host.js';
import { migrationSchemas } from './migration.js';
import { Operation, OperationList } from './operation.js';
import { tokenSchemas } from './token.js';
import { auditSchemas } from './audit.js';
import { Whoami } from './whoami.js';
import { BootInput, Vm, VmInput, VmList, VmPatch, VmSummary, VmSummaryList } from './vm.js';

/** The schemas that routes refer to by their $id, OpenAPI's components; the routes of filters have more of their own. */
export const sharedSchemas = [
  nic.NicSourceInput,
  nic.FilterParameter,
  nic.FilterParameters,
  nic.NicTrust,
  nic.NicInput,
  nic.NicPatch,
  nic.Nic,
  nic.NicList,
  nic.NicStatistics,
  BootInput,
  DiskInput,
  DiskPatch,
  CdromInput,
  CloudInitInput,
  VmInput,
  VmPatch,
  Disk,
  SizedDisk,
  SizedDiskList,
  Address,
  AddressList,
  Vm,
  VmList,
  VmSummary,
  VmSummaryList,
  Operation,
  OperationList,
  ...enforcementSchemas,
  ...tokenSchemas,
  ...auditSchemas,
  ...hostSchemas,
  ...migrationSchemas,
  Config,
  ConfigPatch,
  ConfigChange,
  ServiceEvent,
  Whoami,
];

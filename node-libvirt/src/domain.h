#pragma once

#include <libvirt/libvirt.h>
#include <napi.h>

#include "job.h"

namespace lv {

class Domain : public Wrap<Domain, virDomain> {
 public:
  static void Init(Napi::Env env, Napi::Object exports);
  using Wrap::Wrap;

 private:
  using Info = const Napi::CallbackInfo&;

  // What it does: domain.cc
  Napi::Value Create(Info info);
  Napi::Value Shutdown(Info info);
  Napi::Value Destroy(Info info);
  Napi::Value Suspend(Info info);
  Napi::Value Resume(Info info);
  Napi::Value Reboot(Info info);
  Napi::Value Reset(Info info);
  Napi::Value Undefine(Info info);
  Napi::Value ManagedSave(Info info);
  Napi::Value ManagedSaveRemove(Info info);
  Napi::Value ManagedSaveDefineXML(Info info);
  Napi::Value SetAutostart(Info info);
  Napi::Value SetMetadata(Info info);
  Napi::Value AttachDevice(Info info);
  Napi::Value DetachDevice(Info info);
  Napi::Value DetachDeviceAlias(Info info);
  Napi::Value UpdateDevice(Info info);
  Napi::Value SetMemory(Info info);
  Napi::Value SetVcpus(Info info);
  Napi::Value BlockResize(Info info);
  Napi::Value MigrateToURI3(Info info);
  Napi::Value Migrate3(Info info);
  Napi::Value MigrateGetMaxSpeed(Info info);
  Napi::Value MigrateSetMaxSpeed(Info info);
  Napi::Value MigrateGetMaxDowntime(Info info);
  Napi::Value MigrateSetMaxDowntime(Info info);
  Napi::Value MigrateStartPostCopy(Info info);
  Napi::Value AbortJob(Info info);
  Napi::Value Rename(Info info);

  // What it tells: domain_data.cc
  Napi::Value GetID(Info info);
  Napi::Value GetName(Info info);
  Napi::Value GetXMLDesc(Info info);
  Napi::Value GetState(Info info);
  Napi::Value GetInfo(Info info);
  Napi::Value IsActive(Info info);
  Napi::Value IsPersistent(Info info);
  Napi::Value HasManagedSaveImage(Info info);
  Napi::Value ManagedSaveGetXMLDesc(Info info);
  Napi::Value GetAutostart(Info info);
  Napi::Value GetMetadata(Info info);
  Napi::Value InterfaceStats(Info info);
  Napi::Value InterfaceAddresses(Info info);
  Napi::Value QemuMonitorCommand(Info info);
  Napi::Value GetJobStats(Info info);
};

}  // namespace lv

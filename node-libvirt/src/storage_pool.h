#pragma once

#include <libvirt/libvirt.h>
#include <napi.h>

#include "job.h"

namespace lv {

class StoragePool : public Wrap<StoragePool, virStoragePool> {
 public:
  static void Init(Napi::Env env, Napi::Object exports);
  using Wrap::Wrap;

 private:
  using Info = const Napi::CallbackInfo&;

  Napi::Value GetXMLDesc(Info info);
  Napi::Value GetInfo(Info info);
  Napi::Value IsActive(Info info);
  Napi::Value Refresh(Info info);
  Napi::Value Build(Info info);
  Napi::Value Create(Info info);
  Napi::Value Destroy(Info info);
  Napi::Value Delete(Info info);
  Napi::Value Undefine(Info info);
  Napi::Value ListAllVolumes(Info info);
  Napi::Value LookupVolByName(Info info);
  Napi::Value CreateVolXML(Info info);
  Napi::Value CreateVolXMLFrom(Info info);
};

}  // namespace lv

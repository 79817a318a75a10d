#pragma once

#include <libvirt/libvirt.h>
#include <napi.h>

#include "job.h"

namespace lv {

class StorageVol : public Wrap<StorageVol, virStorageVol> {
 public:
  static void Init(Napi::Env env, Napi::Object exports);
  using Wrap::Wrap;

 private:
  using Info = const Napi::CallbackInfo&;

  Napi::Value GetPath(Info info);
  Napi::Value GetInfo(Info info);
  Napi::Value GetXMLDesc(Info info);
  Napi::Value Delete(Info info);
  Napi::Value Resize(Info info);
};

}  // namespace lv

#pragma once

#include <libvirt/libvirt.h>
#include <napi.h>

#include "job.h"

namespace lv {

class Network : public Wrap<Network, virNetwork> {
 public:
  static void Init(Napi::Env env, Napi::Object exports);
  using Wrap::Wrap;

 private:
  using Info = const Napi::CallbackInfo&;

  Napi::Value GetXMLDesc(Info info);
  Napi::Value IsActive(Info info);
  Napi::Value IsPersistent(Info info);
  Napi::Value GetBridgeName(Info info);
  Napi::Value GetDHCPLeases(Info info);
  Napi::Value Create(Info info);
  Napi::Value Destroy(Info info);
  Napi::Value Undefine(Info info);
};

}  // namespace lv

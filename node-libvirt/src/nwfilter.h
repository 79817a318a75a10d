#pragma once

#include <libvirt/libvirt.h>
#include <napi.h>

#include "job.h"

namespace lv {

class NWFilter : public Wrap<NWFilter, virNWFilter> {
 public:
  static void Init(Napi::Env env, Napi::Object exports);
  using Wrap::Wrap;

 private:
  using Info = const Napi::CallbackInfo&;

  Napi::Value GetXMLDesc(Info info);
  Napi::Value Undefine(Info info);
};

}  // namespace lv

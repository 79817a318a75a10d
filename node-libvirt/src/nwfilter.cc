#include "nwfilter.h"

#include "args.h"

namespace lv {

Napi::Value NWFilter::GetXMLDesc(Info info) {
  return Call(info, Lane::kQuick, [flags = Args(info).Flags(0)](virNWFilterPtr filter) {
    return TakeString(LV_CALL(virNWFilterGetXMLDesc, filter, flags));
  });
}

Napi::Value NWFilter::Undefine(Info info) {
  return Call(info, Lane::kSlow, [](virNWFilterPtr filter) { LV_CALL(virNWFilterUndefine, filter); });
}


void NWFilter::Init(Napi::Env env, Napi::Object exports) {
  const Napi::Function constructor = DefineClass(
      env, "NWFilter",
      {
          InstanceMethod("isClosed", &NWFilter::IsClosed),
          InstanceMethod("close", &NWFilter::Close),
          InstanceMethod<&NWFilter::GetXMLDesc>("getXMLDesc"),
          InstanceMethod<&NWFilter::Undefine>("undefine"),
      });
  EnvData::Of(env).SetClass(Class::kNWFilter, constructor);
  exports.Set("NWFilter", constructor);
}

}  // namespace lv

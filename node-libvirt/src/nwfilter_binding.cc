#include "nwfilter_binding.h"

#include "args.h"

namespace lv {

Napi::Value NWFilterBinding::GetXMLDesc(Info info) {
  return Call(info, Lane::kQuick, [flags = Args(info).Flags(0)](virNWFilterBindingPtr binding) {
    return TakeString(LV_CALL(virNWFilterBindingGetXMLDesc, binding, flags));
  });
}

Napi::Value NWFilterBinding::Delete(Info info) {
  return Call(info, Lane::kSlow, [](virNWFilterBindingPtr binding) { LV_CALL(virNWFilterBindingDelete, binding); });
}


void NWFilterBinding::Init(Napi::Env env, Napi::Object exports) {
  const Napi::Function constructor = DefineClass(
      env, "NWFilterBinding",
      {
          InstanceMethod("isClosed", &NWFilterBinding::IsClosed),
          InstanceMethod("close", &NWFilterBinding::Close),
          InstanceMethod<&NWFilterBinding::GetXMLDesc>("getXMLDesc"),
          InstanceMethod<&NWFilterBinding::Delete>("delete"),
      });
  EnvData::Of(env).SetClass(Class::kNWFilterBinding, constructor);
  exports.Set("NWFilterBinding", constructor);
}

}  // namespace lv

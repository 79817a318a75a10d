#pragma once

#include <cstdint>
#include <libvirt/libvirt.h>
#include <napi.h>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace lv {

// Plain copies of libvirt's typed parameters: they cross threads.
using ParamValue = std::variant<int, unsigned, int64_t, uint64_t, double, bool, std::string>;
using Params = std::vector<std::pair<std::string, ParamValue>>;

Params CopyParams(const virTypedParameter* params, int count);
Napi::Value ToJs(Napi::Env env, const Params& params);

// From a JS object. A number is an INT, or ULLONG where the parameter is known to be one; a bigint is
// LLONG when negative, else ULLONG; an array of strings is one STRING each. Throws TypeError.
Params ReadParams(const Napi::Object& object);

// Frees what libvirt, or Build(), allocated.
class TypedParams {
 public:
  TypedParams() = default;
  ~TypedParams() { virTypedParamsFree(params, count); }
  TypedParams(const TypedParams&) = delete;
  TypedParams& operator=(const TypedParams&) = delete;

  void Build(const Params& from);  // worker; throws Failure

  virTypedParameterPtr params = nullptr;
  int count = 0;
};

}  // namespace lv

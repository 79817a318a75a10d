#include "typed_params.h"

#include <climits>
#include <cmath>
#include <cstring>

#include "args.h"
#include "error.h"

namespace lv {

namespace {

constexpr double kMaxSafe = 9007199254740991.0;

// What JS gives as a number but libvirt checks to be an unsigned long long.
bool IsULongLong(const std::string& name) {
  for (const char* known : {VIR_MIGRATE_PARAM_BANDWIDTH, VIR_MIGRATE_PARAM_BANDWIDTH_POSTCOPY,
                            VIR_MIGRATE_PARAM_COMPRESSION_XBZRLE_CACHE, "bandwidth.avail.switchover"}) {
    if (name == known) return true;
  }
  return false;
}

ParamValue ReadNumber(const std::string& name, const Napi::Value& value) {
  const double number = value.As<Napi::Number>().DoubleValue();
  if (std::trunc(number) != number) return number;
  if (IsULongLong(name)) {
    if (number >= 0 && number <= kMaxSafe) return static_cast<uint64_t>(number);
  } else if (number >= INT_MIN && number <= INT_MAX) {
    return static_cast<int>(number);
  }
  throw Napi::RangeError::New(value.Env(), name + " is out of range; give a bigint for a 64-bit parameter");
}

ParamValue ReadBigInt(const std::string& name, const Napi::Value& value) {
  bool lossless = false;
  const auto number = value.As<Napi::BigInt>();
  const uint64_t positive = number.Uint64Value(&lossless);
  if (lossless) return positive;
  const int64_t any = number.Int64Value(&lossless);
  if (lossless) return any;
  throw Napi::RangeError::New(value.Env(), name + " is out of range");
}

ParamValue ReadValue(const std::string& name, const Napi::Value& value) {
  if (value.IsNumber()) return ReadNumber(name, value);
  if (value.IsBigInt()) return ReadBigInt(name, value);
  if (value.IsBoolean()) return value.As<Napi::Boolean>().Value();
  return Args::Utf8(value, name.c_str());
}

Napi::Value Counter(Napi::Env env, int64_t value) {
  const auto number = static_cast<double>(value);
  if (std::fabs(number) <= kMaxSafe) return Napi::Number::New(env, number);
  return Napi::BigInt::New(env, value);
}

Napi::Value Counter(Napi::Env env, uint64_t value) {
  const auto number = static_cast<double>(value);
  if (number <= kMaxSafe) return Napi::Number::New(env, number);
  return Napi::BigInt::New(env, value);
}

ParamValue CopyValue(const virTypedParameter& param) {
  switch (param.type) {
    case VIR_TYPED_PARAM_INT:
      return param.value.i;
    case VIR_TYPED_PARAM_UINT:
      return param.value.ui;
    case VIR_TYPED_PARAM_LLONG:
      return static_cast<int64_t>(param.value.l);
    case VIR_TYPED_PARAM_ULLONG:
      return static_cast<uint64_t>(param.value.ul);
    case VIR_TYPED_PARAM_DOUBLE:
      return param.value.d;
    case VIR_TYPED_PARAM_BOOLEAN:
      return param.value.b != 0;
    default:
      return std::string(param.value.s != nullptr ? param.value.s : "");
  }
}

}  // namespace

Params CopyParams(const virTypedParameter* params, int count) {
  Params copy;
  copy.reserve(static_cast<size_t>(count));
  for (int i = 0; i < count; ++i) copy.emplace_back(params[i].field, CopyValue(params[i]));
  return copy;
}

Napi::Value ToJs(Napi::Env env, const Params& params) {
  Napi::Object object = Napi::Object::New(env);
  for (const auto& [name, value] : params) {
    object.Set(name, std::visit(
                         [&](const auto& held) -> Napi::Value {
                           using Held = std::decay_t<decltype(held)>;
                           if constexpr (std::is_same_v<Held, std::string>) return Napi::String::New(env, held);
                           else if constexpr (std::is_same_v<Held, bool>) return Napi::Boolean::New(env, held);
                           else if constexpr (sizeof(Held) == 8 && std::is_integral_v<Held>) return Counter(env, held);
                           else return Napi::Number::New(env, held);
                         },
                         value));
  }
  return object;
}

Params ReadParams(const Napi::Object& object) {
  Params params;
  const Napi::Array names = object.GetPropertyNames();
  for (uint32_t i = 0; i < names.Length(); ++i) {
    const std::string name = Args::Utf8(Napi::Value(names[i]).ToString(), "parameter");
    const Napi::Value value = object.Get(name);
    if (value.IsUndefined()) continue;
    if (!value.IsArray()) {
      params.emplace_back(name, ReadValue(name, value));
      continue;
    }
    const auto items = value.As<Napi::Array>();
    for (uint32_t j = 0; j < items.Length(); ++j) params.emplace_back(name, Args::Utf8(items[j], name.c_str()));
  }
  return params;
}

void TypedParams::Build(const Params& from) {
  int room = 0;
  for (const auto& [name, value] : from) {
    const char* const field = name.c_str();
    if (const auto* text = std::get_if<std::string>(&value)) {
      LV_CALL(virTypedParamsAddString, &params, &count, &room, field, text->c_str());
    } else if (const auto* number = std::get_if<int>(&value)) {
      LV_CALL(virTypedParamsAddInt, &params, &count, &room, field, *number);
    } else if (const auto* number = std::get_if<unsigned>(&value)) {
      LV_CALL(virTypedParamsAddUInt, &params, &count, &room, field, *number);
    } else if (const auto* number = std::get_if<int64_t>(&value)) {
      LV_CALL(virTypedParamsAddLLong, &params, &count, &room, field, *number);
    } else if (const auto* number = std::get_if<uint64_t>(&value)) {
      LV_CALL(virTypedParamsAddULLong, &params, &count, &room, field, *number);
    } else if (const auto* number = std::get_if<double>(&value)) {
      LV_CALL(virTypedParamsAddDouble, &params, &count, &room, field, *number);
    } else {
      LV_CALL(virTypedParamsAddBoolean, &params, &count, &room, field, std::get<bool>(value) ? 1 : 0);
    }
  }
}

}  // namespace lv

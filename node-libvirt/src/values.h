#pragma once

#include <cstdint>
#include <initializer_list>
#include <napi.h>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "env_data.h"
#include "handle.h"

namespace lv {

// What a worker answers with, made into JS values on the JS thread. Overloads for one call's own result
// stand beside that call.
Napi::Value ToJs(Napi::Env env, std::monostate);
Napi::Value ToJs(Napi::Env env, bool value);
Napi::Value ToJs(Napi::Env env, int value);
Napi::Value ToJs(Napi::Env env, double value);
Napi::Value ToJs(Napi::Env env, const std::string& value);
Napi::Value ToJs(Napi::Env env, const std::optional<std::string>& value);

using Members = std::initializer_list<std::pair<const char*, Napi::Value>>;
Napi::Object ObjectOf(Napi::Env env, Members members);

// Counters and sizes: exact below 2^53, which is 8 PiB or 285 years in microseconds.
inline Napi::Value Number(Napi::Env env, double value) { return Napi::Number::New(env, value); }

template <class T>
struct Traits;
template <>
struct Traits<virDomain> {
  static constexpr Class kClass = Class::kDomain;
  static constexpr const char* kNames[] = {"name", "uuid"};
};
template <>
struct Traits<virNWFilter> {
  static constexpr Class kClass = Class::kNWFilter;
  static constexpr const char* kNames[] = {"name", "uuid"};
};
template <>
struct Traits<virNWFilterBinding> {
  static constexpr Class kClass = Class::kNWFilterBinding;
  static constexpr const char* kNames[] = {"portDev", "filterName"};
};
template <>
struct Traits<virNetwork> {
  static constexpr Class kClass = Class::kNetwork;
  static constexpr const char* kNames[] = {"name", "uuid"};
};
template <>
struct Traits<virStoragePool> {
  static constexpr Class kClass = Class::kStoragePool;
  static constexpr const char* kNames[] = {"name", "uuid"};
};
template <>
struct Traits<virStorageVol> {
  static constexpr Class kClass = Class::kStorageVol;
  static constexpr const char* kNames[] = {"name", "key"};
};

template <class T>
Napi::Value ToJs(Napi::Env env, const HandlePtr<T>& handle) {
  return EnvData::Of(env).Construct(env, Traits<T>::kClass, handle);
}

template <class Item>
Napi::Value ToJs(Napi::Env env, const std::vector<Item>& items) {
  Napi::Array array = Napi::Array::New(env, items.size());
  for (size_t i = 0; i < items.size(); ++i) {
    const Napi::HandleScope scope(env);
    array.Set(static_cast<uint32_t>(i), ToJs(env, items[i]));
  }
  return array;
}

}  // namespace lv

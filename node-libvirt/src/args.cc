#include "args.h"

#include <climits>
#include <cmath>

namespace lv {

namespace {

[[noreturn]] void ThrowType(Napi::Env env, const char* name, const char* expected) {
  throw Napi::TypeError::New(env, std::string(name) + " must be " + expected);
}

}  // namespace

std::string Args::Utf8(const Napi::Value& value, const char* name) {
  if (!value.IsString()) ThrowType(value.Env(), name, "a string");
  std::string text = value.As<Napi::String>().Utf8Value();
  if (text.find('\0') != std::string::npos) ThrowType(value.Env(), name, "a string without NUL");
  return text;
}

std::string Args::String(size_t index, const char* name) const { return Utf8(info_[index], name); }

std::optional<std::string> Args::OptionalString(size_t index, const char* name) const {
  if (info_[index].IsUndefined() || info_[index].IsNull()) return std::nullopt;
  return Utf8(info_[index], name);
}

std::unordered_set<std::string> Args::Strings(size_t index, const char* name) const {
  if (!info_[index].IsArray()) ThrowType(info_.Env(), name, "an array of strings");
  const Napi::Array array = info_[index].As<Napi::Array>();
  std::unordered_set<std::string> strings;
  for (uint32_t i = 0; i < array.Length(); ++i) strings.insert(Utf8(array.Get(i), name));
  return strings;
}

double Args::Integer(size_t index, const char* name, double least, double most) const {
  if (!info_[index].IsNumber()) ThrowType(info_.Env(), name, "a number");
  const double value = info_[index].As<Napi::Number>().DoubleValue();
  if (std::trunc(value) != value || value < least || value > most) {
    throw Napi::RangeError::New(info_.Env(), std::string(name) + " is not an integer in range");
  }
  return value;
}

unsigned Args::UInt(size_t index, const char* name) const {
  return static_cast<unsigned>(Integer(index, name, 0, UINT_MAX));
}

int Args::Int(size_t index, const char* name) const {
  return static_cast<int>(Integer(index, name, INT_MIN, INT_MAX));
}

uint64_t Args::UInt64(size_t index, const char* name) const {
  if (info_[index].IsBigInt()) {
    bool lossless = false;
    const uint64_t value = info_[index].As<Napi::BigInt>().Uint64Value(&lossless);
    if (!lossless) throw Napi::RangeError::New(info_.Env(), std::string(name) + " is out of range");
    return value;
  }
  return static_cast<uint64_t>(Integer(index, name, 0, 9007199254740991.0));
}

bool Args::Bool(size_t index, const char* name) const {
  if (!info_[index].IsBoolean()) ThrowType(info_.Env(), name, "a boolean");
  return info_[index].As<Napi::Boolean>();
}

Napi::Object Args::Object(size_t index, const char* name) const {
  if (!info_[index].IsObject()) ThrowType(info_.Env(), name, "an object");
  return info_[index].As<Napi::Object>();
}

Napi::Function Args::Function(size_t index, const char* name) const {
  if (!info_[index].IsFunction()) ThrowType(info_.Env(), name, "a function");
  return info_[index].As<Napi::Function>();
}

}  // namespace lv

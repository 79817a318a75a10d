#pragma once

#include <cstdint>
#include <napi.h>
#include <optional>
#include <string>
#include <unordered_set>

namespace lv {

// The arguments of a call, checked. Each getter throws a JS TypeError or RangeError that names the argument.
class Args {
 public:
  explicit Args(const Napi::CallbackInfo& info) : info_(info) {}

  // Without NUL: libvirt would read it as the end.
  std::string String(size_t index, const char* name) const;
  std::optional<std::string> OptionalString(size_t index, const char* name) const;
  // An array of strings.
  std::unordered_set<std::string> Strings(size_t index, const char* name) const;
  // 0 .. 2^32 - 1
  unsigned Flags(size_t index) const { return UInt(index, "flags"); }
  unsigned UInt(size_t index, const char* name) const;
  int Int(size_t index, const char* name) const;
  // A safe integer or a bigint.
  uint64_t UInt64(size_t index, const char* name) const;
  bool Bool(size_t index, const char* name) const;
  Napi::Object Object(size_t index, const char* name) const;
  Napi::Function Function(size_t index, const char* name) const;

  static std::string Utf8(const Napi::Value& value, const char* name);

 private:
  double Integer(size_t index, const char* name, double least, double most) const;

  const Napi::CallbackInfo& info_;
};

inline const char* CString(const std::optional<std::string>& text) { return text ? text->c_str() : nullptr; }

}  // namespace lv

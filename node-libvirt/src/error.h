#pragma once

#include <exception>
#include <string>

namespace lv {

// What virError said, copied. Plain data: it crosses threads.
struct ErrorInfo {
  int code = 0;
  int domain = 0;
  int level = 0;
  std::string message;
  std::string call;
};

// A libvirt call that failed. virError is thread-local and reset by the next libvirt call (a Free
// included), so Last() is called right where the call failed, on the thread that made it.
class Failure : public std::exception {
 public:
  explicit Failure(ErrorInfo info) : info_(std::move(info)) {}
  static Failure Last(const char* call);
  // libvirt has told that the connection is gone, and may leave its calls without an error, or waiting.
  static Failure Lost(const char* call);

  const ErrorInfo& info() const { return info_; }
  const char* what() const noexcept override { return info_.message.c_str(); }

 private:
  ErrorInfo info_;
};

// The handle, or its connection, was closed by our side.
class Closed : public std::exception {
 public:
  const char* what() const noexcept override { return "the libvirt handle is closed"; }
};

template <class T>
T* Check(const char* call, T* result) {
  if (result == nullptr) throw Failure::Last(call);
  return result;
}

inline int Check(const char* call, int result) {
  if (result < 0) throw Failure::Last(call);
  return result;
}

// The name of the call goes into the error: written once.
#define LV_CALL(function, ...) ::lv::Check(#function, function(__VA_ARGS__))

}  // namespace lv

#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <napi.h>
#include <optional>
#include <vector>

#include "error.h"

namespace lv {

// What a worker has to tell JS about one call. `value` runs on the JS thread.
struct Completion {
  uint64_t call = 0;
  std::function<Napi::Value(Napi::Env)> value;
  std::optional<ErrorInfo> error;
};

struct Event {
  uint64_t connection = 0;
  uint64_t subscription = 0;
  std::function<Napi::Value(Napi::Env)> value;
};

struct CloseNotice {
  uint64_t connection = 0;
  int reason = 0;
};

// The one way from libvirt's threads to an environment's JS thread. Completions are bounded by the calls
// that JS made; events are bounded here: past the limit the newest are dropped and counted.
class Channel {
 public:
  static constexpr size_t kMaxEvents = 1024;

  struct Delivery {
    std::vector<Completion> completions;
    std::vector<Event> events;
    std::vector<CloseNotice> closes;
    std::map<uint64_t, uint64_t> lost;  // by connection
  };

  // Any thread. After Shut() all of these discard what they are given.
  void Complete(Completion completion);
  void Push(Event event);
  void Push(CloseNotice notice);

  // JS thread.
  void Open(std::function<void()> wake);
  Delivery Take();
  void Shut();

 private:
  void Wake();

  std::mutex mutex_;
  std::function<void()> wake_;  // called under the mutex, so never after Shut()
  bool woken_ = false;
  Delivery pending_;
};

}  // namespace lv

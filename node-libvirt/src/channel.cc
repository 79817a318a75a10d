#include "channel.h"

#include <utility>

namespace lv {

void Channel::Open(std::function<void()> wake) {
  const std::lock_guard<std::mutex> lock(mutex_);
  wake_ = std::move(wake);
}

// One wake for any number of deliveries until JS has taken them.
void Channel::Wake() {
  if (woken_) return;
  woken_ = true;
  wake_();
}

void Channel::Complete(Completion completion) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (!wake_) return;
  pending_.completions.push_back(std::move(completion));
  Wake();
}

void Channel::Push(Event event) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (!wake_) return;
  if (pending_.events.size() < kMaxEvents) {
    pending_.events.push_back(std::move(event));
  } else {
    ++pending_.lost[event.connection];
  }
  Wake();
}

void Channel::Push(CloseNotice notice) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (!wake_) return;
  pending_.closes.push_back(notice);
  Wake();
}

Channel::Delivery Channel::Take() {
  const std::lock_guard<std::mutex> lock(mutex_);
  woken_ = false;
  return std::exchange(pending_, {});
}

void Channel::Shut() {
  Delivery discarded;  // destroyed after the lock is released
  const std::lock_guard<std::mutex> lock(mutex_);
  wake_ = nullptr;
  discarded = std::exchange(pending_, {});
}

}  // namespace lv

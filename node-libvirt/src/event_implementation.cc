#include "event_implementation.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <libvirt/virterror.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <thread>
#include <unistd.h>
#include <utility>

#include "error.h"

namespace lv {

namespace {

using std::chrono::milliseconds;

int OrThrow(const char* call, int result) {
  if (result >= 0) return result;
  throw Failure(ErrorInfo{VIR_ERR_SYSTEM_ERROR, VIR_FROM_EVENT, VIR_ERR_ERROR, std::strerror(errno), call});
}

constexpr std::pair<int, uint32_t> kBits[] = {
    {VIR_EVENT_HANDLE_READABLE, EPOLLIN},
    {VIR_EVENT_HANDLE_WRITABLE, EPOLLOUT},
    {VIR_EVENT_HANDLE_ERROR, EPOLLERR},
    {VIR_EVENT_HANDLE_HANGUP, EPOLLHUP},
};

uint32_t ToEpoll(int events) {
  uint32_t bits = 0;
  for (const auto& [ours, theirs] : kBits) bits |= (events & ours) != 0 ? theirs : 0;
  return bits;
}

int FromEpoll(uint32_t bits) {
  int events = 0;
  for (const auto& [ours, theirs] : kBits) events |= (bits & theirs) != 0 ? ours : 0;
  return events;
}

// Told of each descriptor that is waited for, whether asked for or not.
constexpr int kAlways = VIR_EVENT_HANDLE_ERROR | VIR_EVENT_HANDLE_HANGUP;

}  // namespace

Descriptor::Descriptor(const char* call, int fd) : fd_(OrThrow(call, fd)) {}

Descriptor::~Descriptor() { close(fd_); }

EventImplementation::EventImplementation()
    : epoll_("epoll_create1", epoll_create1(EPOLL_CLOEXEC)), wake_("eventfd", eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = wake_;
  OrThrow("epoll_ctl", epoll_ctl(epoll_, EPOLL_CTL_ADD, wake_, &event));
}

// Has epoll wait for what the handles of a descriptor want together.
bool EventImplementation::Arm(int fd) {
  epoll_event event{};
  event.data.fd = fd;
  bool wanted = false;
  for (const auto& [watch, handle] : handles_) {
    if (handle.fd != fd || handle.events == 0) continue;
    wanted = true;
    event.events |= ToEpoll(handle.events);
  }
  const auto known = armed_.find(fd);
  if (!wanted) {
    if (known == armed_.end()) return true;
    armed_.erase(known);
    // One that was closed is gone from there already.
    epoll_ctl(epoll_, EPOLL_CTL_DEL, fd, &event);
    return true;
  }
  if (known != armed_.end() && known->second == event.events) return true;
  if (epoll_ctl(epoll_, known == armed_.end() ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, fd, &event) < 0) return false;
  armed_[fd] = event.events;
  return true;
}

int EventImplementation::AddHandle(int fd, int events, virEventHandleCallback callback, void* opaque,
                                   virFreeCallback free) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const int watch = ++last_id_;
  handles_.emplace(watch, Handle{fd, events, callback, {opaque, free}});
  if (Arm(fd)) return watch;
  handles_.erase(watch);
  return -1;
}

void EventImplementation::UpdateHandle(int watch, int events) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto found = handles_.find(watch);
  if (found == handles_.end()) return;
  found->second.events = events;
  Arm(found->second.fd);
}

int EventImplementation::RemoveHandle(int watch) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto found = handles_.find(watch);
    if (found == handles_.end()) return -1;
    const int fd = found->second.fd;
    removed_.push_back(found->second.owner);
    handles_.erase(found);
    Arm(fd);
  }
  Wake();
  return 0;
}

void EventImplementation::Expect(Timeout& timeout, int frequency) {
  timeout.frequency = frequency;
  timeout.due = frequency < 0 ? Clock::time_point::max() : Clock::now() + milliseconds(frequency);
}

int EventImplementation::AddTimeout(int frequency, virEventTimeoutCallback callback, void* opaque,
                                    virFreeCallback free) {
  bool sooner = false;
  int timer = 0;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    timer = ++last_id_;
    Timeout& timeout = timeouts_.emplace(timer, Timeout{frequency, {}, callback, {opaque, free}}).first->second;
    Expect(timeout, frequency);
    sooner = timeout.due < next_;
  }
  if (sooner) Wake();
  return timer;
}

void EventImplementation::UpdateTimeout(int timer, int frequency) {
  bool sooner = false;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto found = timeouts_.find(timer);
    if (found == timeouts_.end()) return;
    Expect(found->second, frequency);
    sooner = found->second.due < next_;
  }
  if (sooner) Wake();
}

int EventImplementation::RemoveTimeout(int timer) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto found = timeouts_.find(timer);
    if (found == timeouts_.end()) return -1;
    removed_.push_back(found->second.owner);
    timeouts_.erase(found);
  }
  Wake();
  return 0;
}

// It fails when the counter is full: then the loop wakes anyway.
void EventImplementation::Wake() { eventfd_write(wake_, 1); }

// How long epoll may wait, ms; -1: until it is woken.
int EventImplementation::UntilNext() {
  next_ = Clock::time_point::max();
  for (const auto& [timer, timeout] : timeouts_) next_ = std::min(next_, timeout.due);
  if (next_ == Clock::time_point::max()) return -1;
  const auto left = std::chrono::ceil<milliseconds>(next_ - Clock::now()).count();
  return static_cast<int>(std::clamp<decltype(left)>(left, 0, 3'600'000));
}

void EventImplementation::Dispatch(int fd, int events) {
  std::vector<int> watches;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (const auto& [watch, handle] : handles_) {
      if (handle.fd == fd) watches.push_back(watch);
    }
  }
  for (const int watch : watches) {
    std::unique_lock<std::mutex> lock(mutex_);
    // A callback before it may have removed it, or changed what it waits for.
    const auto found = handles_.find(watch);
    if (found == handles_.end() || found->second.events == 0) continue;
    const int told = events & (found->second.events | kAlways);
    if (told == 0) continue;
    const auto [callback, opaque] = std::pair(found->second.callback, found->second.owner.opaque);
    lock.unlock();
    callback(watch, fd, told, opaque);
  }
}

void EventImplementation::FireDue() {
  std::vector<int> due;
  const Clock::time_point now = Clock::now();
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (const auto& [timer, timeout] : timeouts_) {
      if (timeout.due <= now) due.push_back(timer);
    }
  }
  for (const int timer : due) {
    std::unique_lock<std::mutex> lock(mutex_);
    const auto found = timeouts_.find(timer);
    if (found == timeouts_.end() || found->second.due > now) continue;
    Expect(found->second, found->second.frequency);
    const auto [callback, opaque] = std::pair(found->second.callback, found->second.owner.opaque);
    lock.unlock();
    callback(timer, opaque);
  }
}

void EventImplementation::FreeRemoved() {
  std::vector<Owner> removed;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    removed.swap(removed_);
  }
  for (const Owner& owner : removed) {
    if (owner.free != nullptr) owner.free(owner.opaque);
  }
}

void EventImplementation::Run() {
  std::array<epoll_event, 32> ready;
  for (;;) {
    int wait = 0;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      wait = UntilNext();
    }
    const int count = epoll_wait(epoll_, ready.data(), static_cast<int>(ready.size()), wait);
    if (count < 0 && errno != EINTR) std::this_thread::sleep_for(milliseconds(100));
    for (int i = 0; i < count; ++i) {
      const epoll_event& event = ready[static_cast<size_t>(i)];
      eventfd_t ignored = 0;
      if (event.data.fd == wake_) eventfd_read(wake_, &ignored);
      else Dispatch(event.data.fd, FromEpoll(event.events));
    }
    FireDue();
    FreeRemoved();
  }
}

}  // namespace lv

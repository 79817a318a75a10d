#pragma once

#include <chrono>
#include <cstdint>
#include <libvirt/libvirt.h>
#include <map>
#include <mutex>
#include <vector>

namespace lv {

// Owns a file descriptor.
class Descriptor {
 public:
  // What the call of this name has returned. Throws Failure when that is no descriptor.
  Descriptor(const char* call, int fd);
  ~Descriptor();
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  operator int() const { return fd_; }

 private:
  const int fd_;
};

// What libvirt calls an event implementation: descriptors it waits for, and timeouts. It is over epoll, because a
// client of libvirt stops waiting for its socket before each call and begins again after it: epoll takes that
// in without waking the thread that waits, where libvirt's own implementation wakes it twice a call.
//
// Callbacks are run, and what was removed is freed, by the thread that runs it and without the lock; all the
// rest may be called by any thread, from callbacks, too.
class EventImplementation {
 public:
  EventImplementation();  // throws Failure
  EventImplementation(const EventImplementation&) = delete;
  EventImplementation& operator=(const EventImplementation&) = delete;

  // As virEventAddHandleFunc and its likes say; -1: it cannot be.
  int AddHandle(int fd, int events, virEventHandleCallback callback, void* opaque, virFreeCallback free);
  void UpdateHandle(int watch, int events);
  int RemoveHandle(int watch);
  int AddTimeout(int frequency, virEventTimeoutCallback callback, void* opaque, virFreeCallback free);
  void UpdateTimeout(int timer, int frequency);
  int RemoveTimeout(int timer);

  // Never returns; a loop that cannot wait is no reason to end the process.
  [[noreturn]] void Run();

 private:
  using Clock = std::chrono::steady_clock;

  struct Owner {
    void* opaque;
    virFreeCallback free;
  };
  struct Handle {
    int fd;
    int events;  // virEventHandleType; none: it is not waited for
    virEventHandleCallback callback;
    Owner owner;
  };
  struct Timeout {
    int frequency;  // ms; -1: never
    Clock::time_point due;
    virEventTimeoutCallback callback;
    Owner owner;
  };

  // With the lock held.
  bool Arm(int fd);
  void Expect(Timeout& timeout, int frequency);
  int UntilNext();
  // Without it.
  void Wake();
  void Dispatch(int fd, int events);
  void FireDue();
  void FreeRemoved();

  const Descriptor epoll_;
  const Descriptor wake_;

  std::mutex mutex_;
  int last_id_ = 0;  // of both kinds, and never given twice
  std::map<int, Handle> handles_;
  std::map<int, Timeout> timeouts_;
  std::map<int, uint32_t> armed_;  // what epoll waits for, by descriptor
  Clock::time_point next_ = Clock::time_point::max();  // when the loop wakes by itself
  std::vector<Owner> removed_;
};

}  // namespace lv

#include "event_loop.h"

#include <chrono>
#include <condition_variable>
#include <csignal>
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <memory>
#include <mutex>
#include <pthread.h>
#include <thread>

#include "error.h"
#include "event_implementation.h"

namespace lv {

namespace {

using namespace std::chrono_literals;

// libvirt's event implementation is process-wide and takes no opaque pointer, so this is the one
// process-wide object here: a process with several environments (Workers) must still register once.
struct Once {
  std::mutex mutex;
  std::unique_ptr<EventImplementation> events;
  bool running = false;
};

Once& TheOnce() {
  // Never destroyed: the loop's thread outlives main().
  static Once* const once = new Once;
  return *once;
}

// Set before libvirt may call one of these, and never again.
EventImplementation& Events() { return *TheOnce().events; }

int AddHandle(int fd, int events, virEventHandleCallback callback, void* opaque, virFreeCallback free) noexcept {
  return Events().AddHandle(fd, events, callback, opaque, free);
}
void UpdateHandle(int watch, int events) noexcept { Events().UpdateHandle(watch, events); }
int RemoveHandle(int watch) noexcept { return Events().RemoveHandle(watch); }
int AddTimeout(int frequency, virEventTimeoutCallback callback, void* opaque, virFreeCallback free) noexcept {
  return Events().AddTimeout(frequency, callback, opaque, free);
}
void UpdateTimeout(int timer, int frequency) noexcept { Events().UpdateTimeout(timer, frequency); }
int RemoveTimeout(int timer) noexcept { return Events().RemoveTimeout(timer); }

struct Signal {
  std::mutex mutex;
  std::condition_variable condition;
  bool fired = false;
};

void OnBarrier(int timer, void* opaque) {
  // One shot: the opaque is freed with the timer.
  const std::shared_ptr<Signal> signal = *static_cast<std::shared_ptr<Signal>*>(opaque);
  virEventRemoveTimeout(timer);
  const std::lock_guard<std::mutex> lock(signal->mutex);
  signal->fired = true;
  signal->condition.notify_all();
}

void FreeBarrier(void* opaque) {
  const std::unique_ptr<std::shared_ptr<Signal>> owned(static_cast<std::shared_ptr<Signal>*>(opaque));
}

}  // namespace

void EnsureEventLoop() {
  Once& once = TheOnce();
  const std::lock_guard<std::mutex> lock(once.mutex);
  if (once.running) return;
  LV_CALL(virInitialize);
  // libvirt prints errors to stderr unless told otherwise; ours travel with the rejected promise.
  virSetErrorFunc(nullptr, [](void*, virErrorPtr) {});
  if (once.events == nullptr) {
    once.events = std::make_unique<EventImplementation>();
    virEventRegisterImpl(AddHandle, UpdateHandle, RemoveHandle, AddTimeout, UpdateTimeout, RemoveTimeout);
  }
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  std::thread([] { Events().Run(); }).detach();
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  once.running = true;
}

void EventLoopBarrier() {
  auto signal = std::make_shared<Signal>();
  auto opaque = std::make_unique<std::shared_ptr<Signal>>(signal);
  if (virEventAddTimeout(0, OnBarrier, opaque.get(), FreeBarrier) < 0) return;
  // libvirt owns it now and frees it with FreeBarrier.
  static_cast<void>(opaque.release());
  std::unique_lock<std::mutex> lock(signal->mutex);
  // Bounded: a loop that hangs in a callback must not hold a close for ever.
  signal->condition.wait_for(lock, 5s, [&] { return signal->fired; });
}

}  // namespace lv

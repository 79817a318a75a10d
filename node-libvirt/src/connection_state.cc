#include "connection_state.h"

#include <libvirt/virterror.h>
#include <system_error>
#include <utility>

#include "error.h"
#include "event_loop.h"

namespace lv {

void HandleRegistry::Add(HandleBase& handle) {
  const std::lock_guard<std::mutex> lock(mutex_);
  handles_.insert(&handle);
}

void HandleRegistry::Remove(HandleBase& handle) {
  // Under the lock, because ReleaseAll() may be at the same handle.
  const std::lock_guard<std::mutex> lock(mutex_);
  handles_.erase(&handle);
  handle.Release();
}

void HandleRegistry::ReleaseAll() {
  const std::lock_guard<std::mutex> lock(mutex_);
  for (HandleBase* handle : handles_) handle->Release();
  handles_.clear();
}

ConnectionState::ConnectionState(std::shared_ptr<Channel> channel, uint64_t id, Threads threads, OpenOptions options)
    : channel_(std::move(channel)),
      id_(id),
      executor_(std::make_shared<Executor>(threads.all, threads.slow)),
      options_(std::move(options)),
      links_(threads.all) {
  for (size_t i = 0; i < threads.all; ++i) links_[i].number = i;
}

ConnectionState::Token ConnectionState::Enter() {
  struct Guard {
    std::shared_ptr<ConnectionState> state;
    explicit Guard(std::shared_ptr<ConnectionState> entered) : state(std::move(entered)) {}
    ~Guard() { state->Leave(); }
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;
  };
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (closing_) throw Closed();
    if (lost_) throw Failure::Lost("");
    ++in_flight_;
  }
  return std::make_shared<Guard>(shared_from_this());
}

void ConnectionState::Leave() {
  Done done;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (--in_flight_ > 0 || !closing_) return;
    done = std::exchange(done_, nullptr);
  }
  PostFinal(std::move(done));
}

bool ConnectionState::Close(Done done) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (closing_) return false;
    closing_ = true;
    if (in_flight_ > 0) {
      done_ = std::move(done);
      if (lost_) GiveUpSoon();
      return true;
    }
  }
  PostFinal(std::move(done));
  return true;
}

void ConnectionState::After(int milliseconds, void (*then)(ConnectionState&)) {
  struct Timer {
    std::shared_ptr<ConnectionState> state;
    void (*then)(ConnectionState&);
  };
  auto timer = std::make_unique<Timer>(Timer{shared_from_this(), then});
  const auto fire = [](int id, void* opaque) {
    const Timer fired = *static_cast<Timer*>(opaque);
    virEventRemoveTimeout(id);
    fired.then(*fired.state);
  };
  const auto release = [](void* opaque) { const std::unique_ptr<Timer> owned(static_cast<Timer*>(opaque)); };
  // libvirt owns it then, and frees it with the timer.
  if (virEventAddTimeout(milliseconds, fire, timer.get(), release) >= 0) static_cast<void>(timer.release());
}

// On the event loop's thread, or a worker.
void ConnectionState::Lose(int reason) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (lost_) return;
    lost_ = true;
    if (closing_ && done_) GiveUpSoon();
  }
  channel_->Push(CloseNotice{id_, reason});
  // What waits for a worker would wait behind calls that are stuck.
  executor_->Drop();
}

// Under the lock.
void ConnectionState::GiveUpSoon() {
  After(kGiveUp, [](ConnectionState& state) { state.GiveUp(); });
}

void ConnectionState::GiveUp() {
  Done done;
  unsigned stuck = 0;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!done_) return;
    done = std::exchange(done_, [](int) {});
    stuck = in_flight_;
  }
  done(static_cast<int>(stuck));
}

void ConnectionState::Abandon() {
  Close([](int) {});
  executor_->Drop();
}

bool ConnectionState::lost() {
  const std::lock_guard<std::mutex> lock(mutex_);
  return lost_;
}

bool ConnectionState::closing() {
  const std::lock_guard<std::mutex> lock(mutex_);
  return closing_;
}

void ConnectionState::PostFinal(Done done) {
  const auto task = [self = shared_from_this(), done = std::move(done)](size_t) {
    const int references = self->Finish();
    self->executor_->Stop();
    done(references);
  };
  try {
    executor_->Post(Lane::kSlow, task, 0, Executor::Keep::kYes);
  } catch (const std::system_error&) {
    // Not one thread to be had: the connection stays open until the process ends.
  }
}

int ConnectionState::Finish() {
  for (const auto& [subscription, callback] : callbacks_) {
    // Fails when the connection is lost; libvirt has removed its own record before it asks the daemon.
    virConnectDomainEventDeregisterAny(links_[0].connect, callback);
  }
  handles_.ReleaseAll();
  for (const Link& link : links_) {
    // Waits for a close callback that is being delivered; afterwards none comes.
    if (link.connect != nullptr) virConnectUnregisterCloseCallback(link.connect, OnClose);
  }
  // An event being dispatched holds references on the connection until the dispatch is over.
  if (had_events_) EventLoopBarrier();
  int references = 0;
  for (const Link& link : links_) {
    if (link.connect != nullptr) references += virConnectClose(link.connect);
  }
  return references;
}

void ConnectionState::Open() {
  EnsureEventLoop();
  Link& first = links_[0];
  OpenLink(first);
  // Only drivers that talk to a daemon know keepalive, on or off.
  if (virConnectSetKeepAlive(first.connect, options_.interval, options_.count) >= 0) return;
  Failure failure = Failure::Last("virConnectSetKeepAlive");
  if (failure.info().code != VIR_ERR_NO_SUPPORT) throw failure;
  shared_ = true;
}

void ConnectionState::OpenLink(Link& link) {
  link.connect = options_.read_only ? LV_CALL(virConnectOpenReadOnly, options_.uri.c_str())
                                    : LV_CALL(virConnectOpen, options_.uri.c_str());
  // The opaque is not owned: some drivers take the callback and never free it. `this` lives until Finish()
  // has unregistered it. Drivers that cannot tell of a lost connection may refuse: nothing to do.
  virConnectRegisterCloseCallback(link.connect, OnClose, this, nullptr);
}

Site ConnectionState::At(size_t worker) {
  if (shared_) return {shared_from_this(), &links_[0], {}};
  Link& link = links_[worker];
  Site site{shared_from_this(), &link, std::unique_lock<std::mutex>(link.busy)};
  if (link.connect == nullptr) {
    OpenOptions options;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      if (lost_) throw Failure::Lost("virConnectOpen");
      options = options_;
    }
    OpenLink(link);
    LV_CALL(virConnectSetKeepAlive, link.connect, options.interval, options.count);
  }
  return site;
}

bool ConnectionState::IsAlive() { return LV_CALL(virConnectIsAlive, links_[0].connect) == 1; }

bool ConnectionState::SetKeepAlive(int interval, unsigned count) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    options_.interval = interval;
    options_.count = count;
  }
  bool supported = true;
  for (const Link& link : links_) {
    if (link.connect == nullptr) continue;
    if (LV_CALL(virConnectSetKeepAlive, link.connect, interval, count) != 0) supported = false;
  }
  return supported;
}

void ConnectionState::OnClose(virConnectPtr, int reason, void* opaque) {
  static_cast<ConnectionState*>(opaque)->Lose(reason);
}

void ConnectionState::Subscribe(uint64_t subscription, int callback) {
  const std::lock_guard<std::mutex> lock(mutex_);
  callbacks_[subscription] = callback;
  had_events_ = true;
}

void ConnectionState::Unsubscribe(uint64_t subscription) {
  int callback = -1;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto found = callbacks_.find(subscription);
    if (found == callbacks_.end()) return;
    callback = found->second;
    callbacks_.erase(found);
  }
  const Site site = Primary();
  LV_CALL(virConnectDomainEventDeregisterAny, site.get(), callback);
}

}  // namespace lv

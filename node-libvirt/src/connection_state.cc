#include "connection_state.h"

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

ConnectionState::ConnectionState(std::shared_ptr<Channel> channel, uint64_t id, unsigned threads)
    : channel_(std::move(channel)), id_(id), executor_(std::make_shared<Executor>(threads)) {}

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

void ConnectionState::CheckAlive() {
  // Asks the client side only.
  if (connect_ == nullptr || virConnectIsAlive(connect_) != 0) return;
  const std::lock_guard<std::mutex> lock(mutex_);
  if (lost_ || suspected_) return;
  suspected_ = true;
  // Without a callback it is a keepalive that ran out: whatever else ends a connection wakes all its calls.
  After(kCallback, [](ConnectionState& state) { state.Lose(VIR_CONNECT_CLOSE_REASON_KEEPALIVE); });
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
  try {
    executor_->Post(Lane::kSlow, [self = shared_from_this(), done = std::move(done)] {
      const int references = self->Finish();
      self->executor_->Stop();
      done(references);
    }, Executor::Keep::kYes);
  } catch (const std::system_error&) {
    // Not one thread to be had: the connection stays open until the process ends.
  }
}

int ConnectionState::Finish() {
  for (const auto& [subscription, callback] : callbacks_) {
    // Fails when the connection is lost; libvirt has removed its own record before it asks the daemon.
    virConnectDomainEventDeregisterAny(connect_, callback);
  }
  handles_.ReleaseAll();
  if (connect_ == nullptr) return 0;
  // Waits for a close callback that is being delivered; afterwards none comes.
  virConnectUnregisterCloseCallback(connect_, OnClose);
  // An event being dispatched holds references on the connection until the dispatch is over.
  if (had_events_) EventLoopBarrier();
  return virConnectClose(connect_);
}

void ConnectionState::Opened(virConnectPtr connect) {
  connect_ = connect;
  // The opaque is not owned: some drivers take the callback and never free it. `this` lives until Finish()
  // has unregistered it. Drivers that cannot tell of a lost connection may refuse: nothing to do.
  virConnectRegisterCloseCallback(connect, OnClose, this, nullptr);
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
  LV_CALL(virConnectDomainEventDeregisterAny, connect_, callback);
}

}  // namespace lv

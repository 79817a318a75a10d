#pragma once

#include <cstdint>
#include <functional>
#include <libvirt/libvirt.h>
#include <map>
#include <memory>
#include <mutex>
#include <unordered_set>
#include <vector>

#include "channel.h"
#include "executor.h"
#include "link.h"

namespace lv {

inline void Unref(virDomainPtr object) { virDomainFree(object); }
inline void Unref(virNWFilterPtr object) { virNWFilterFree(object); }
inline void Unref(virNWFilterBindingPtr object) { virNWFilterBindingFree(object); }
inline void Unref(virNetworkPtr object) { virNetworkFree(object); }
inline void Unref(virStoragePoolPtr object) { virStoragePoolFree(object); }
inline void Unref(virStorageVolPtr object) { virStorageVolFree(object); }

struct UnrefDeleter {
  template <class T>
  void operator()(T* object) const {
    Unref(object);
  }
};
template <class T>
using Owned = std::unique_ptr<T, UnrefDeleter>;

class HandleBase {
 public:
  virtual ~HandleBase() = default;
  virtual void Release() = 0;
};

// The handles that are alive on a connection; not owned.
class HandleRegistry {
 public:
  void Add(HandleBase& handle);
  void Remove(HandleBase& handle);
  void ReleaseAll();

 private:
  std::mutex mutex_;
  std::unordered_set<HandleBase*> handles_;
};

// A connection as its workers see it. How it ends, from Close(), Abandon() or a finalizer:
// 1. no new call enters; 2. calls in flight finish, the last of them posts the final task; 3. that task
// deregisters events, frees the handles that are left and drops the connection's reference, which is an
// RPC and therefore never done on the JS thread.
//
// When it is lost, JS is told that all its calls failed, new ones are refused, and a close waits for those
// that are under way no longer than kGiveUp: a worker may be opening a link to a daemon that hangs.
class ConnectionState : public std::enable_shared_from_this<ConnectionState> {
 public:
  using Done = std::function<void(int references)>;
  using Token = std::shared_ptr<void>;
  static constexpr int kGiveUp = 1000;  // ms

  ConnectionState(std::shared_ptr<Channel> channel, uint64_t id, Threads threads, OpenOptions options);

  // Counts a call in until the token is gone. Throws Closed, or Failure when the connection is lost.
  Token Enter();
  // False when it was closed before; then `done` is not called.
  bool Close(Done done);
  // The environment goes away: what is queued is dropped, the rest is a close that nobody waits for.
  void Abandon();
  bool closing();
  bool lost();

  Executor& executor() { return *executor_; }
  HandleRegistry& handles() { return handles_; }
  const std::shared_ptr<Channel>& channel() const { return channel_; }
  uint64_t id() const { return id_; }

  // Workers only, while they hold a token. All throw Failure.
  void Open();
  Site At(size_t worker);
  Site Primary() { return At(0); }  // the one with the events
  // Neither waits for calls: both are the client's own matter.
  bool IsAlive();
  bool SetKeepAlive(int interval, unsigned count);
  void Subscribe(uint64_t subscription, int callback);
  void Unsubscribe(uint64_t subscription);

 private:
  void Leave();
  void PostFinal(Done done);
  void Lose(int reason);
  void GiveUpSoon();
  // `then(state)` runs on the event loop's thread.
  void After(int milliseconds, void (*then)(ConnectionState&));
  void GiveUp();
  int Finish();
  void OpenLink(Link& link);
  static void OnClose(virConnectPtr, int reason, void* opaque);

  const std::shared_ptr<Channel> channel_;
  const uint64_t id_;
  const std::shared_ptr<Executor> executor_;
  HandleRegistry handles_;

  std::mutex mutex_;
  bool closing_ = false;
  bool lost_ = false;
  unsigned in_flight_ = 0;
  Done done_;
  std::map<uint64_t, int> callbacks_;  // libvirt's callback id by subscription
  bool had_events_ = false;

  OpenOptions options_;
  bool shared_ = false;  // all workers use the first link
  std::vector<Link> links_;
};

}  // namespace lv

#pragma once

#include <cstdint>
#include <functional>
#include <libvirt/libvirt.h>
#include <map>
#include <memory>
#include <mutex>
#include <unordered_set>

#include "channel.h"
#include "executor.h"

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
class ConnectionState : public std::enable_shared_from_this<ConnectionState> {
 public:
  using Done = std::function<void(int references)>;
  using Token = std::shared_ptr<void>;

  ConnectionState(std::shared_ptr<Channel> channel, uint64_t id, unsigned threads);

  // Counts a call in until the token is gone. Throws Closed.
  Token Enter();
  // False when it was closed before; then `done` is not called.
  bool Close(Done done);
  // The environment goes away: what is queued is dropped, the rest is a close that nobody waits for.
  void Abandon();
  bool closing();

  Executor& executor() { return *executor_; }
  HandleRegistry& handles() { return handles_; }
  const std::shared_ptr<Channel>& channel() const { return channel_; }
  uint64_t id() const { return id_; }

  // Workers only, while they hold a token.
  void Opened(virConnectPtr connect);
  virConnectPtr get() const { return connect_; }
  void Subscribe(uint64_t subscription, int callback);
  void Unsubscribe(uint64_t subscription);

 private:
  void Leave();
  void PostFinal(Done done);
  int Finish();
  static void OnClose(virConnectPtr, int reason, void* opaque);

  const std::shared_ptr<Channel> channel_;
  const uint64_t id_;
  const std::shared_ptr<Executor> executor_;
  HandleRegistry handles_;

  std::mutex mutex_;
  bool closing_ = false;
  unsigned in_flight_ = 0;
  Done done_;
  std::map<uint64_t, int> callbacks_;  // libvirt's callback id by subscription
  bool had_events_ = false;

  // Not a unique_ptr: virConnectClose's answer, the references left, is wanted.
  virConnectPtr connect_ = nullptr;
};

}  // namespace lv

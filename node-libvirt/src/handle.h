#pragma once

#include <cstdlib>
#include <libvirt/libvirt.h>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "connection_state.h"
#include "error.h"

namespace lv {

struct FreeDeleter {
  void operator()(void* memory) const { free(memory); }
};
using OwnedChars = std::unique_ptr<char, FreeDeleter>;

// Takes over a string that libvirt allocated.
inline std::string TakeString(char* text) { return std::string(OwnedChars(text).get()); }

// Two names tell what an object is; both are in the handle, read without a round trip.
struct Identity {
  std::string first;
  std::string second;
};

std::string Text(const char* text);
Identity Identify(virDomainPtr domain);
Identity Identify(virNWFilterPtr filter);
Identity Identify(virNWFilterBindingPtr binding);
Identity Identify(virNetworkPtr network);
Identity Identify(virStoragePoolPtr pool);
Identity Identify(virStorageVolPtr volume);

// The same object on another link. Throw Failure. (The null pointer chooses the kind.)
Owned<virDomain> Find(virConnectPtr connect, const Identity& identity, virDomainPtr);
Owned<virNWFilter> Find(virConnectPtr connect, const Identity& identity, virNWFilterPtr);
Owned<virNWFilterBinding> Find(virConnectPtr connect, const Identity& identity, virNWFilterBindingPtr);
Owned<virNetwork> Find(virConnectPtr connect, const Identity& identity, virNetworkPtr);
Owned<virStoragePool> Find(virConnectPtr connect, const Identity& identity, virStoragePoolPtr);
Owned<virStorageVol> Find(virConnectPtr connect, const Identity& identity, virStorageVolPtr);

// One libvirt object, on each link that it was used on. Rules of its life:
// 1. Calls in flight share it, so close() in JS never frees what a worker uses.
// 2. It is freed by whoever lets go last, JS thread or worker: a Free only drops a reference and does no
//    RPC, because the connection's own reference goes last (rule 3).
// 3. The connection's close frees all that are left, when no call is in flight any more.
template <class T>
class Handle final : public HandleBase {
 public:
  Handle(const Site& site, Owned<T> object)
      : state_(site.state), origin_(site.link->number), identity_(Identify(object.get())) {
    objects_.emplace_back(site.link, std::move(object));
    state_->handles().Add(*this);
  }
  ~Handle() override { state_->handles().Remove(*this); }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;

  const std::shared_ptr<ConnectionState>& state() const { return state_; }
  size_t origin() const { return origin_; }
  const Identity& identity() const { return identity_; }

  // Workers only. On a link that has not seen it yet this is a lookup.
  T* On(const Site& site) {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      for (const auto& [link, object] : objects_) {
        if (link == site.link) return object.get();
      }
    }
    // Nobody else can add this link's meanwhile: the site holds it.
    Owned<T> found = Find(site.get(), identity_, static_cast<T*>(nullptr));
    T* const object = found.get();
    const std::lock_guard<std::mutex> lock(mutex_);
    objects_.emplace_back(site.link, std::move(found));
    return object;
  }

 private:
  void Release() override { objects_.clear(); }

  const std::shared_ptr<ConnectionState> state_;
  const size_t origin_;
  const Identity identity_;
  std::mutex mutex_;
  std::vector<std::pair<const Link*, Owned<T>>> objects_;
};

template <class T>
using HandlePtr = std::shared_ptr<Handle<T>>;

template <class T>
HandlePtr<T> Adopt(const Site& site, T* object) {
  return std::make_shared<Handle<T>>(site, Owned<T>(object));
}

// For the virConnectListAll... family: `list` gets the address for the array and returns the count.
template <class T, class List>
std::vector<Owned<T>> TakeList(const char* call, List list) {
  T** raw = nullptr;
  const int count = Check(call, list(&raw));
  const std::unique_ptr<T*, FreeDeleter> array(raw);
  std::vector<Owned<T>> objects;
  objects.reserve(static_cast<size_t>(count));
  for (int i = 0; i < count; ++i) objects.emplace_back(raw[i]);
  return objects;
}

template <class T, class List>
std::vector<HandlePtr<T>> ListHandles(const Site& site, const char* call, List list) {
  std::vector<HandlePtr<T>> handles;
  for (Owned<T>& object : TakeList<T>(call, list)) {
    handles.push_back(std::make_shared<Handle<T>>(site, std::move(object)));
  }
  return handles;
}

}  // namespace lv

#pragma once

#include <cstdlib>
#include <libvirt/libvirt.h>
#include <memory>
#include <mutex>
#include <string>
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

// One libvirt object. Rules of its life:
// 1. Calls in flight share it, so close() in JS never frees what a worker uses.
// 2. It is freed by whoever lets go last, JS thread or worker: a Free only drops a reference and does no
//    RPC, because the connection's own reference goes last (rule 3).
// 3. The connection's close frees all that are left, when no call is in flight any more.
template <class T>
class Handle final : public HandleBase {
 public:
  Handle(std::shared_ptr<ConnectionState> state, Owned<T> object)
      : state_(std::move(state)), identity_(Identify(object.get())), object_(std::move(object)) {
    state_->handles().Add(*this);
  }
  ~Handle() override { state_->handles().Remove(*this); }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;

  const std::shared_ptr<ConnectionState>& state() const { return state_; }
  const Identity& identity() const { return identity_; }
  // Workers only, and only during a call that entered the connection.
  T* get() const { return object_.get(); }

 private:
  void Release() override { object_.reset(); }

  std::shared_ptr<ConnectionState> state_;
  Identity identity_;
  Owned<T> object_;
};

template <class T>
using HandlePtr = std::shared_ptr<Handle<T>>;

template <class T>
HandlePtr<T> Adopt(const std::shared_ptr<ConnectionState>& state, T* object) {
  return std::make_shared<Handle<T>>(state, Owned<T>(object));
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
std::vector<HandlePtr<T>> ListHandles(const std::shared_ptr<ConnectionState>& state, const char* call, List list) {
  std::vector<HandlePtr<T>> handles;
  for (Owned<T>& object : TakeList<T>(call, list)) {
    handles.push_back(std::make_shared<Handle<T>>(state, std::move(object)));
  }
  return handles;
}

}  // namespace lv

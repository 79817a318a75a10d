#pragma once

#include <algorithm>
#include <atomic>
#include <libvirt/virterror.h>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

#include "handle.h"
#include "job.h"

namespace lv {

inline bool IsVanished(const Failure& failure) {
  const int code = failure.info().code;
  return code == VIR_ERR_NO_DOMAIN || code == VIR_ERR_NO_NWFILTER || code == VIR_ERR_NO_NWFILTER_BINDING;
}

// One row for each of many objects, read over all quick workers of a connection: each free worker takes
// the next step, and who finishes the last one answers. A worker that comes late finds nothing to take.
// Each worker lists for itself, on its own link: a few microseconds for an object, where a lookup costs
// some eighty. Objects are freed as soon as they are read; those that vanished meanwhile are left out.
template <class T, class Row>
class FanOut : public std::enable_shared_from_this<FanOut<T, Row>> {
 public:
  // Of `known` objects there is next to nothing to be read.
  FanOut(Answer answer, size_t extra_steps, size_t known = 0)
      : answer_(std::move(answer)), extra_(extra_steps), known_(known) {}
  virtual ~FanOut() = default;
  FanOut(const FanOut&) = delete;
  FanOut& operator=(const FanOut&) = delete;

  // On a quick worker.
  void Start(const Site& site) {
    Objects objects = ListByKey(site.get(), &keys_);
    count_ = extra_ + keys_.size();
    rows_.resize(keys_.size());
    if (count_ == 0) {
      Complete(site.get());
      return;
    }
    Executor& executor = site.state->executor();
    const size_t helpers = std::min(executor.quick_threads() - 1, (count_ - std::min(known_, count_)) / kWorthHelp);
    for (size_t i = 0; i < helpers; ++i) {
      executor.Post(Lane::kQuick, [self = this->shared_from_this(), state = site.state](size_t worker) {
        self->Help(*state, worker);
      });
    }
    Work(site.get(), objects);
  }

 protected:
  virtual std::vector<Owned<T>> List(virConnectPtr connect) = 0;  // throws Failure, as do the others
  virtual Row Read(T* object) = 0;
  virtual void Extra(size_t, virConnectPtr) {}
  virtual std::vector<Row> Finish(std::vector<Row> rows, virConnectPtr) { return rows; }

 private:
  using Objects = std::unordered_map<std::string, Owned<T>>;

  // A helper lists for itself, which takes as long as some reads do.
  static constexpr size_t kWorthHelp = 16;

  Objects ListByKey(virConnectPtr connect, std::vector<std::string>* keys) {
    Objects objects;
    for (Owned<T>& object : List(connect)) {
      const Identity identity = Identify(object.get());
      // Of a binding the port, of the others the UUID.
      const std::string& key = std::is_same_v<T, virNWFilterBinding> ? identity.first : identity.second;
      if (keys != nullptr) keys->push_back(key);
      objects.emplace(key, std::move(object));
    }
    return objects;
  }

  void Help(ConnectionState& state, size_t worker) {
    if (next_ >= count_) return;
    try {
      const Site site = state.At(worker);
      Objects objects = ListByKey(site.get(), nullptr);
      Work(site.get(), objects);
    } catch (const Failure&) {
      // Without a link, no help: the others take its steps.
    }
  }

  void Work(virConnectPtr connect, Objects& objects) {
    for (size_t step = next_++; step < count_; step = next_++) {
      if (!failed_) Try(step, connect, objects);
      if (++done_ == count_) Complete(connect);
    }
  }

  void Try(size_t step, virConnectPtr connect, Objects& objects) {
    try {
      if (step < extra_) {
        Extra(step, connect);
        return;
      }
      // Not there: it vanished before this worker listed.
      const auto found = objects.find(keys_[step - extra_]);
      if (found == objects.end()) return;
      const Owned<T> object = std::move(found->second);
      rows_[step - extra_] = Read(object.get());
    } catch (const Failure& failure) {
      if (step >= extra_ && IsVanished(failure)) return;
      if (!failed_.exchange(true)) error_ = failure.info();
    }
  }

  void Complete(virConnectPtr connect) {
    answer_.With([&] {
      if (failed_) throw Failure(error_);
      std::vector<Row> rows;
      rows.reserve(rows_.size());
      for (std::optional<Row>& row : rows_) {
        if (row) rows.push_back(std::move(*row));
      }
      return Finish(std::move(rows), connect);
    });
  }

  const Answer answer_;
  const size_t extra_;
  const size_t known_;
  size_t count_ = 0;
  std::vector<std::string> keys_;
  std::vector<std::optional<Row>> rows_;
  std::atomic<size_t> next_{0};
  std::atomic<size_t> done_{0};
  std::atomic<bool> failed_{false};
  ErrorInfo error_;  // written before done_ is counted, read after
};

// The listing itself can fail, on the worker that starts the walk.
template <class Walk, class... Arguments>
auto WalkOf(const std::shared_ptr<ConnectionState>& state, Arguments... arguments) {
  return [=](const Answer& answer, size_t worker) {
    try {
      const Site site = state->At(worker);
      std::make_shared<Walk>(answer, arguments...)->Start(site);
    } catch (const Failure& failure) {
      answer.Reject(failure.info());
    }
  };
}

}  // namespace lv

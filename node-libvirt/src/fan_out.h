#pragma once

#include <algorithm>
#include <atomic>
#include <libvirt/virterror.h>
#include <memory>
#include <optional>
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
// the next step, and who finishes the last one answers. A worker that comes late finds nothing to take and
// touches nothing. Objects are freed as soon as they are read; those that vanished meanwhile are left out.
template <class T, class Row>
class FanOut : public std::enable_shared_from_this<FanOut<T, Row>> {
 public:
  FanOut(Answer answer, std::vector<Owned<T>> objects, size_t extra_steps)
      : answer_(std::move(answer)),
        extra_(extra_steps),
        count_(extra_steps + objects.size()),
        objects_(std::move(objects)),
        rows_(objects_.size()) {}
  virtual ~FanOut() = default;
  FanOut(const FanOut&) = delete;
  FanOut& operator=(const FanOut&) = delete;

  // On a quick worker.
  void Start(Executor& executor) {
    if (count_ == 0) {
      Complete();
      return;
    }
    const size_t helpers = std::min<size_t>(executor.quick_threads() - 1, count_ - 1);
    for (size_t i = 0; i < helpers; ++i) {
      executor.Post(Lane::kQuick, [self = this->shared_from_this()] { self->Work(); });
    }
    Work();
  }

 protected:
  virtual Row Read(T* object) = 0;  // throws Failure, as do the others
  virtual void Extra(size_t) {}
  virtual std::vector<Row> Finish(std::vector<Row> rows) { return rows; }

 private:
  void Work() {
    for (size_t step = next_++; step < count_; step = next_++) {
      if (!failed_) Try(step);
      if (++done_ == count_) Complete();
    }
  }

  void Try(size_t step) {
    try {
      if (step < extra_) {
        Extra(step);
        return;
      }
      const Owned<T> object = std::move(objects_[step - extra_]);
      rows_[step - extra_] = Read(object.get());
    } catch (const Failure& failure) {
      if (step >= extra_ && IsVanished(failure)) return;
      if (!failed_.exchange(true)) error_ = failure.info();
    }
  }

  void Complete() {
    // Taken out: a late worker, who still shares this, must not keep the connection from closing.
    const Answer answer = *std::exchange(answer_, std::nullopt);
    objects_.clear();
    answer.With([&] {
      if (failed_) throw Failure(error_);
      std::vector<Row> rows;
      rows.reserve(rows_.size());
      for (std::optional<Row>& row : rows_) {
        if (row) rows.push_back(std::move(*row));
      }
      return Finish(std::move(rows));
    });
  }

  std::optional<Answer> answer_;
  const size_t extra_;
  const size_t count_;
  std::vector<Owned<T>> objects_;
  std::vector<std::optional<Row>> rows_;
  std::atomic<size_t> next_{0};
  std::atomic<size_t> done_{0};
  std::atomic<bool> failed_{false};
  ErrorInfo error_;  // written before done_ is counted, read after
};

}  // namespace lv

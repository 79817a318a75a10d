#pragma once

#include <array>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>

namespace lv {

// Slow calls (start, migrate, redefine ...) wait in a queue of their own, so that reads never wait for them.
enum class Lane { kQuick, kSlow };

// A connection's worker threads. They start when there is work for them, and are detached: each shares
// the ownership of the executor, so a thread stuck in a hung call delays and frees nothing of ours.
class Executor : public std::enable_shared_from_this<Executor> {
 public:
  using Task = std::function<void()>;

  explicit Executor(unsigned threads);

  enum class Keep { kNo, kYes };
  void Post(Lane lane, Task task, Keep keep = Keep::kNo);
  // Queued tasks are dropped, but those to keep; running ones go on.
  void Drop();
  // Threads end when their queue is empty.
  void Stop();

  unsigned quick_threads() const { return lanes_[0].max; }

 private:
  struct Item {
    Task task;
    Keep keep;
  };
  struct LaneState {
    std::deque<Item> queue;
    std::condition_variable wake;
    unsigned max = 1;
    unsigned started = 0;
    unsigned idle = 0;
  };

  static void Start(const std::shared_ptr<Executor>& self, LaneState& lane);
  void Run(LaneState& lane);

  std::mutex mutex_;
  std::array<LaneState, 2> lanes_;
  bool stopping_ = false;
};

}  // namespace lv

#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace lv {

// Slow calls (start, migrate, redefine ...) wait in a queue of their own, so that reads never wait for them.
enum class Lane { kQuick, kSlow };

// A connection's worker threads. They start when there is work for them, and are detached: each shares
// the ownership of the executor, so a thread stuck in a hung call delays and frees nothing of ours.
class Executor : public std::enable_shared_from_this<Executor> {
 public:
  // Gets the number of the worker that runs it: 0 .. threads - 1.
  using Task = std::function<void(size_t worker)>;
  enum class Keep { kNo, kYes };

  // `slow` of the threads are for the slow lane, at least one, and at least one is not.
  Executor(size_t threads, size_t slow);

  // On the worker `prefer` if that one has nothing to do, else on the first of the lane that has not.
  void Post(Lane lane, Task task, size_t prefer = 0, Keep keep = Keep::kNo);
  // Queued tasks are dropped, but those to keep; running ones go on.
  void Drop();
  // Threads end when their queue is empty.
  void Stop();

  size_t threads() const { return workers_.size(); }
  size_t quick_threads() const { return lanes_[0].end; }

 private:
  struct Item {
    Task task;
    Keep keep;
  };
  struct Worker {
    std::condition_variable wake;
    std::deque<Item> own;  // at most one: given to it while idle
    bool started = false;
    bool idle = false;
    bool poked = false;  // woken, and not yet awake
  };
  struct LaneState {
    std::deque<Item> queue;
    size_t begin;
    size_t end;
  };

  bool Give(size_t worker, Item& item);
  void Start(size_t worker, LaneState& lane);
  void Run(Worker& worker, size_t number, LaneState& lane);

  std::mutex mutex_;
  std::vector<Worker> workers_;
  LaneState lanes_[2];
  bool stopping_ = false;
};

}  // namespace lv

#include "executor.h"

#include <algorithm>
#include <csignal>
#include <pthread.h>
#include <system_error>
#include <thread>
#include <vector>

namespace lv {

namespace {

// Signals belong to the threads that node made: a worker inherits a mask that blocks them all.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;

 private:
  sigset_t before_;
};

}  // namespace

Executor::Executor(unsigned threads) {
  const unsigned slow = std::max(1U, threads * 2 / 5);
  lanes_[0].max = threads - slow;
  lanes_[1].max = slow;
}

void Executor::Post(Lane which, Task task, Keep keep) {
  LaneState& lane = lanes_[which == Lane::kQuick ? 0 : 1];
  const std::lock_guard<std::mutex> lock(mutex_);
  lane.queue.push_back(Item{std::move(task), keep});
  if (lane.queue.size() > lane.idle && lane.started < lane.max) {
    try {
      Start(shared_from_this(), lane);
    } catch (const std::system_error&) {
      // No more threads to be had: those that run will come to it.
      if (lane.started == 0) {
        lane.queue.pop_back();
        throw;
      }
    }
  }
  lane.wake.notify_one();
}

void Executor::Start(const std::shared_ptr<Executor>& self, LaneState& lane) {
  const SignalsBlocked blocked;
  std::thread([self, &lane] { self->Run(lane); }).detach();
  ++lane.started;
}

void Executor::Run(LaneState& lane) {
  std::unique_lock<std::mutex> lock(mutex_);
  for (;;) {
    ++lane.idle;
    lane.wake.wait(lock, [&] { return stopping_ || !lane.queue.empty(); });
    --lane.idle;
    if (lane.queue.empty()) return;
    {
      const Item item = std::move(lane.queue.front());
      lane.queue.pop_front();
      lock.unlock();
      item.task();
      // The task goes here, before the lock is taken again: what it held may post the next one.
    }
    lock.lock();
  }
}

void Executor::Drop() {
  std::vector<Item> dropped;  // destroyed after the lock is released: what it held may post
  const std::lock_guard<std::mutex> lock(mutex_);
  for (LaneState& lane : lanes_) {
    std::deque<Item> kept;
    for (Item& item : lane.queue) {
      if (item.keep == Keep::kYes) {
        kept.push_back(std::move(item));
      } else {
        dropped.push_back(std::move(item));
      }
    }
    lane.queue = std::move(kept);
  }
}

void Executor::Stop() {
  const std::lock_guard<std::mutex> lock(mutex_);
  stopping_ = true;
  for (LaneState& lane : lanes_) lane.wake.notify_all();
}

}  // namespace lv

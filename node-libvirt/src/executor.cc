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

Executor::Executor(size_t threads, size_t slow)
    : workers_(threads), lanes_{{{}, 0, threads - slow}, {{}, threads - slow, threads}} {}

void Executor::Post(Lane which, Task task, size_t prefer, Keep keep) {
  LaneState& lane = lanes_[which == Lane::kQuick ? 0 : 1];
  Item item{std::move(task), keep};
  const std::lock_guard<std::mutex> lock(mutex_);
  if (prefer >= lane.begin && prefer < lane.end && Give(prefer, item)) return;
  for (size_t worker = lane.begin; worker < lane.end; ++worker) {
    if (Give(worker, item)) return;
  }
  for (size_t worker = lane.begin; worker < lane.end; ++worker) {
    if (workers_[worker].started) continue;
    try {
      Start(worker, lane);
      break;
    } catch (const std::system_error&) {
      // No more threads to be had: those that run will come to it.
      if (worker == lane.begin) throw;
      break;
    }
  }
  lane.queue.push_back(std::move(item));
}

bool Executor::Give(size_t number, Item& item) {
  Worker& worker = workers_[number];
  if (!worker.idle || worker.poked) return false;
  worker.own.push_back(std::move(item));
  worker.poked = true;
  worker.wake.notify_one();
  return true;
}

void Executor::Start(size_t number, LaneState& lane) {
  const SignalsBlocked blocked;
  Worker& worker = workers_[number];
  std::thread([self = shared_from_this(), &worker, number, &lane] { self->Run(worker, number, lane); }).detach();
  worker.started = true;
}

void Executor::Run(Worker& worker, size_t number, LaneState& lane) {
  std::unique_lock<std::mutex> lock(mutex_);
  for (;;) {
    worker.idle = true;
    worker.wake.wait(lock, [&] { return stopping_ || !worker.own.empty() || !lane.queue.empty(); });
    worker.idle = false;
    worker.poked = false;
    std::deque<Item>& queue = worker.own.empty() ? lane.queue : worker.own;
    if (queue.empty()) return;
    {
      const Item item = std::move(queue.front());
      queue.pop_front();
      lock.unlock();
      item.task(number);
      // The task goes here, before the lock is taken again: what it held may post the next one.
    }
    lock.lock();
  }
}

void Executor::Drop() {
  std::vector<Item> dropped;  // destroyed after the lock is released: what it held may post
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto drop_from = [&](std::deque<Item>& queue) {
    std::deque<Item> kept;
    for (Item& item : queue) (item.keep == Keep::kYes ? kept.emplace_back() : dropped.emplace_back()) = std::move(item);
    queue = std::move(kept);
  };
  for (LaneState& lane : lanes_) drop_from(lane.queue);
  for (Worker& worker : workers_) drop_from(worker.own);
}

void Executor::Stop() {
  const std::lock_guard<std::mutex> lock(mutex_);
  stopping_ = true;
  for (Worker& worker : workers_) worker.wake.notify_all();
}

}  // namespace lv

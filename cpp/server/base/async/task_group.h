// Coroutines that go on beside whoever started them, and that are waited for before what they use goes.
//
// For coroutines of one executor thread. Outlives them.
#pragma once

#include <functional>
#include <memory>

#include "server/base/async/task.h"

namespace plinto::polar::server {

class TaskGroup {
 public:
  TaskGroup();
  ~TaskGroup();
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;

  /// Called whenever one has ended, in whatever way.
  void OnEnded(std::function<void()> ended) { ended_ = std::move(ended); }
  /// Runs it on the caller's executor.
  [[nodiscard]] Task<void> Start(Task<void> task);
  [[nodiscard]] int size() const { return size_; }
  /// Returns once none is left.
  [[nodiscard]] Task<void> Wait();

 private:
  struct Waiting;
  int size_ = 0;
  std::function<void()> ended_;
  std::shared_ptr<Waiting> waiting_;  ///< for the end of the last one, if anybody waits
};

}  // namespace plinto::polar::server

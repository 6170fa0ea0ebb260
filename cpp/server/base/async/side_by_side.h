// Several pieces of work at the same time, where none depends on another: they take as long as the longest of them.
//
// For coroutines of one executor thread.
#pragma once

#include <vector>

#include "server/base/async/task.h"

namespace plinto::polar::server {

/// Returns once all have ended. What they refer to is the caller's to keep until then. Throws what the first of them
/// that throws has thrown.
[[nodiscard]] Task<void> SideBySide(std::vector<Task<void>> work);

/// Puts what a task returns into `value`, as one of several.
template <class T, class Kept>
Task<void> KeepValue(Task<T> task, Kept& value) {
  value = co_await std::move(task);
}

}  // namespace plinto::polar::server

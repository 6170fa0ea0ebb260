// Runs coroutines to their end: one, or many at the same time.
#pragma once

#include "catch.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <optional>
#include <vector>

#include "core/foundation/result.h"
#include "server/base/async/task.h"

namespace plinto::polar::server::testing {

template <class T>
Task<void> Keep(Task<T> task, std::optional<T>& value) {
  value.emplace(co_await std::move(task));
}

/// Runs all of them at once, on one thread here and as many as they have there.
template <class T>
std::vector<T> AwaitAll(std::vector<Task<T>> tasks) {
  std::vector<std::optional<T>> values(tasks.size());
  boost::asio::io_context context;
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    boost::asio::co_spawn(context, Keep(std::move(tasks[i]), values[i]), [](std::exception_ptr problem) {
      if (problem) std::rethrow_exception(problem);
    });
  }
  context.run();
  std::vector<T> results;
  for (auto& value : values) results.push_back(std::move(value.value()));
  return results;
}

template <class T>
T Await(Task<T> task) {
  std::vector<Task<T>> one;
  one.push_back(std::move(task));
  return std::move(AwaitAll(std::move(one)).front());
}

/// What a store's function returned; the test ends here when that is an error.
template <class T>
T Ask(Task<Result<T>> task) {
  Result<T> result = Await(std::move(task));
  INFO((result.ok() ? std::string() : result.error().message + " " + result.error().details));
  REQUIRE(result.ok());
  return std::move(*result);
}

}  // namespace plinto::polar::server::testing

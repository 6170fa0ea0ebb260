// Runs one of the store's coroutines to its end.
#pragma once

#include <catch2/catch.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <optional>

#include "core/foundation/result.h"
#include "server/base/task.h"

namespace plinto::polar::server::testing {

template <class T>
Task<void> Keep(Task<T> task, std::optional<T>& value) {
  value.emplace(co_await std::move(task));
}

template <class T>
T Await(Task<T> task) {
  std::optional<T> value;
  boost::asio::io_context context;
  boost::asio::co_spawn(context, Keep(std::move(task), value), [](std::exception_ptr problem) {
    if (problem) std::rethrow_exception(problem);
  });
  context.run();
  REQUIRE(value.has_value());
  return std::move(*value);
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

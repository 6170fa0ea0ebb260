// Lets a coroutine wait for a job of an SqlRunner; it resumes on its own executor.
#pragma once

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "core/foundation/result.h"
#include "server/base/async/task.h"
#include "server/base/async/waiting_handler.h"
#include "server/store/engines/sql_runner.h"

namespace plinto::polar::server {

[[nodiscard]] inline Error StoreFailed(const std::string& reason) {
  return {.code = ErrorCode::kStoreFailed,
          .message = "The database refused the operation; nothing was stored. Try again.",
          .details = reason};
}

/// What `job` returned, once it is committed. Errors: STORE_FAILED.
template <class T>
Task<Result<T>> RunOn(SqlRunner& runner, std::function<T(SqlConnection&)> job, SqlAccess access = SqlAccess::kWrite) {
  namespace asio = boost::asio;
  auto initiate = [&runner, &job, access]<class Handler>(Handler&& handler) {
    auto waiting = std::make_shared<WaitingHandler<std::decay_t<Handler>>>(std::forward<Handler>(handler));
    auto value = std::make_shared<std::optional<T>>();
    runner.Submit(
        access, [job = std::move(job), value](SqlConnection& connection) { value->emplace(job(connection)); },
        [waiting, value](const std::string* failure) {
          auto result = failure == nullptr ? Result<T>(std::move(**value)) : Result<T>(StoreFailed(*failure));
          asio::post(waiting->work.get_executor(), [waiting, result = std::move(result)]() mutable {
            std::move(waiting->handler)(std::move(result));
          });
        });
  };
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, void(Result<T>)>(initiate,
                                                                                          asio::use_awaitable);
}

/// As RunOn(), for a job that only reads: over SQLite without a turn of the loop. `access` is what the job needs where
/// it has to be submitted: jobs that take rows write there.
template <class T>
Task<Result<T>> ReadOn(SqlRunner& runner, std::function<T(SqlConnection&)> job, SqlAccess access = SqlAccess::kRead) {
  std::optional<T> value;
  std::string failure;
  bool ran = true;
  try {
    ran = runner.TryRead([&](SqlConnection& connection) { value.emplace(job(connection)); });
  } catch (const std::exception& problem) {
    failure = problem.what();
  }
  if (!ran) co_return co_await RunOn<T>(runner, std::move(job), access);
  if (value) co_return std::move(*value);
  co_return StoreFailed(failure);
}

}  // namespace plinto::polar::server

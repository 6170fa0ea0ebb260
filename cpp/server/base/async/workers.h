// Work that takes long, such as reading a body of megabytes: done beside the loop, so that nobody waits for it there.
#pragma once

#include <functional>
#include <optional>
#include <type_traits>
#include <utility>

#include <boost/asio/thread_pool.hpp>

#include "server/base/async/task.h"

namespace plinto::polar::server {

class Workers {
 public:
  virtual ~Workers() = default;
  /// Returns on the caller's executor once the work is done. Throws what it throws.
  [[nodiscard]] virtual Task<void> Run(std::function<void()> work);
};

/// Does the work on the caller's own thread.
[[nodiscard]] Workers& NoWorkers();

/// One thread: what is large is done one after the other, and leaves the other cores to the loop and the database.
class ThreadWorkers final : public Workers {
 public:
  [[nodiscard]] Task<void> Run(std::function<void()> work) override;

 private:
  boost::asio::thread_pool pool_{1};
};

/// From so many bytes on, work is worth the way to another thread.
inline constexpr std::size_t kWorthWorkers = std::size_t{64} * 1'024;

/// What `work`, over so many bytes, returns.
template <class Work, class Value = std::invoke_result_t<Work&>>
Task<Value> RunBeside(Workers& workers, std::size_t bytes, Work work) {
  if (bytes < kWorthWorkers) co_return work();
  std::optional<Value> value;
  std::function<void()> run = [&] { value.emplace(work()); };
  co_await workers.Run(std::move(run));
  co_return std::move(*value);
}

}  // namespace plinto::polar::server

// GET /metrics on an address of its own, for Prometheus: never on the one that the internet reaches.
//
// It answers within Prometheus' time also while the database does not: then without the rows of the queues.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>

#include "server/base/async/task_group.h"
#include "server/config/config.h"
#include "server/http/listener.h"
#include "server/metrics/metrics.h"

namespace plinto::polar::server {

class MetricsServer {
 public:
  using CountQueues = std::function<Task<Result<QueueDepths>>()>;

  /// Does nothing without METRICS_PORT. `metrics` outlives this. Errors: those of Listener::Start.
  [[nodiscard]] static Result<std::unique_ptr<MetricsServer>> Start(boost::asio::io_context& loop, const Config& config,
                                                                    Metrics& metrics, CountQueues count);
  [[nodiscard]] Task<void> Stop();

 private:
  static constexpr std::chrono::milliseconds kPatience{3'000};

  MetricsServer(boost::asio::io_context& loop, Metrics& metrics, CountQueues count);
  [[nodiscard]] Task<HttpResponse> Answer(HttpRequest request);
  /// Nothing where the database fails, or does not say within the patience.
  [[nodiscard]] Task<std::optional<QueueDepths>> Count();
  [[nodiscard]] Task<void> KeepCount();

  Metrics& metrics_;
  CountQueues count_;
  TaskGroup counting_;
  boost::asio::steady_timer done_;  ///< of the count on its way: when it has ended, or taken too long
  std::optional<QueueDepths> counted_;
  std::unique_ptr<Listener> listener_;
};

}  // namespace plinto::polar::server

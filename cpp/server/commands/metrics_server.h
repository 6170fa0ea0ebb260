// GET /metrics on an address of its own, for Prometheus: never on the one that the internet reaches.
#pragma once

#include <functional>
#include <memory>

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
  [[nodiscard]] static Task<HttpResponse> Answer(HttpRequest request, Metrics& metrics, const CountQueues& count);

  std::unique_ptr<Listener> listener_;
};

}  // namespace plinto::polar::server

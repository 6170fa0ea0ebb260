// What the server counts, as Prometheus reads it. The only door to prometheus-cpp.
//
// Labels take values of fixed lists only: nothing that a client sends can make a new time series. Counting is
// thread-safe.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/base/operator_log.h"
#include "server/store/queue_depths.h"

namespace plinto::polar::server {

class Metrics {
 public:
  Metrics();
  ~Metrics();

  /// `route` is the route's own text, such as `/checkout`, or `other` for a path that is none.
  void CountRequest(std::string_view method, std::string_view route, int status, std::chrono::duration<double> took);
  /// `to` is `polar` or `plinto`; `status` is 0 where there was no answer.
  void CountUpstream(std::string_view to, int status, std::chrono::duration<double> took);

  /// Something of this queue was given up.
  void CountGivenUp(Queue queue);
  /// Polar has refused a usage event for what is in it, for the first time.
  void CountUsageRefused();
  /// The mirror differed from Polar and was repaired.
  void CountRepair();

  /// So many tenants more have this problem, or less.
  void CountProblem(Problem problem, int change);

  /// So long ago the loop of this name last went on. Names are of a fixed list.
  void SetHeartbeat(const std::string& loop, std::chrono::duration<double> age);

  /// A request to Polar was not sent, since others come first.
  void CountRefused(Priority priority);
  /// So many calls more wait for Polar, or less.
  void CountWaiting(int change);
  /// How many requests the tenant may send at once that may send the fewest.
  void SetTokens(std::int64_t tokens);

  /// Everything in Prometheus' text format; the queues only where their depths are known.
  [[nodiscard]] std::string Print(const std::optional<QueueDepths>& depths);

 private:
  struct Series;
  std::unique_ptr<Series> series_;
};

/// The route of a target of ours, whatever mount or tenant it stands under: `routes` are texts such as
/// `/subscriptions/{id}/cancel`. `other` when it is none.
[[nodiscard]] std::string RouteLabel(std::string_view target, const std::vector<std::string_view>& routes);

}  // namespace plinto::polar::server

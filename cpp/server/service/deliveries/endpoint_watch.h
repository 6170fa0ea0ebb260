// Watches the webhook endpoint at Polar. Polar disables it after ten events in a row that failed, and says no more.
//
// Every five minutes it asks what endpoints there are, says once what is wrong with ours and once that it was mended
// (endpoint_problems.h), and takes what Polar could not deliver from its list (missed_deliveries.h). What an endpoint
// loses while it is disabled, missing or without events is in no list: then all customers are fetched, when it is
// noticed, every hour, and when it has ended (mirror/cold_start.h). Not thread-safe: one executor thread at a time.
#pragma once

#include <optional>

#include "server/base/job_run.h"
#include "server/service/deliveries/endpoint_problems.h"
#include "server/service/mirror/cold_start.h"
#include "server/service/shared.h"

namespace plinto::polar::server {

class EndpointWatch {
 public:
  /// Both must outlive it.
  EndpointWatch(Shared& shared, ColdStart& cold_start) : shared_(shared), cold_start_(cold_start) {}
  /// What is wrong is looked at no more.
  ~EndpointWatch();
  EndpointWatch(const EndpointWatch&) = delete;
  EndpointWatch& operator=(const EndpointWatch&) = delete;

  /// Looks, if it is time. Returns when it is next.
  [[nodiscard]] Task<JobRun> Work();

 private:
  /// What outlives the process.
  struct Progress {
    std::optional<Timestamp> read_until = {};  ///< of the list of deliveries, by Polar's clock
    bool loses_events = false;
  };

  /// Errors: STORE_FAILED.
  [[nodiscard]] Task<Status> Look();
  /// Polar's endpoints; `as_of` receives the time there. Errors: those of Polar.
  [[nodiscard]] Task<Result<std::vector<WebhookEndpoint>>> ListEndpoints(Timestamp& as_of);
  void Say(Problems problems);
  /// Has all customers fetched where events were lost, or are being lost.
  [[nodiscard]] Task<Status> MakeGood(Progress& progress);
  [[nodiscard]] Task<Status> TakeMissed(std::vector<std::string> endpoints, Progress progress, Timestamp polar_now);
  [[nodiscard]] Task<Result<Progress>> Load();
  [[nodiscard]] Task<Status> Save(Progress progress);

  Shared& shared_;
  ColdStart& cold_start_;
  Problems problems_;     ///< that were said
  bool is_first_ = true;  ///< the list was not read to its end since the start
  Timestamp due_ = {};
  std::optional<Error> unstored_ = {};  ///< what the store refused, the last time
};

}  // namespace plinto::polar::server

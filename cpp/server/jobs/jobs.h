// Keeps a service's queues moving, each by its own loop (job_loop.h): the inbox of Polar's deliveries and those of
// Plinto's events and Conekta's, the outbox of usage, what the application is told, the verifying and the filling of
// the mirror, the watch over Polar's webhook endpoint, the cancellations that are kept, and the pruning of what is done
// with.
//
// Runs on one executor. Stop() it before it goes.
#pragma once

#include <array>

#include "server/jobs/job_loop.h"
#include "server/service/deliveries/notifications.h"
#include "server/service/mirror/reconciler.h"
#include "server/service/service.h"

namespace plinto::polar::server {

class Jobs {
 public:
  /// Prunes what has been done with for long enough, one batch of it. Returns how many rows went. Also sees to what a
  /// clock that was set back leaves behind.
  using Prune = std::function<Task<Result<std::int64_t>>(Timestamp now)>;

  /// What is handed in outlives this.
  Jobs(const boost::asio::any_io_executor& executor, Clock& clock, OperatorLog& log, Service& service,
       Notifications& notifications, Reconciler& reconciler, Prune prune);

  void Start();
  /// All are asked first. Returns once the work in hand is finished; what is left stays stored for the next start.
  [[nodiscard]] Task<void> Stop();
  [[nodiscard]] std::array<JobLoop*, 10> Loops() {
    return {&inbox_,  &plinto_events_,  &conekta_events_, &usage_,     &notifications_,
            &mirror_, &endpoint_watch_, &cold_start_,     &retention_, &cancellations_};
  }
  /// Last notifications were written.
  void NotifyOfEndings() { notifications_.Notify(); }

 private:
  [[nodiscard]] Task<JobRun> ProcessInbox();
  [[nodiscard]] Task<JobRun> ProcessPlintoEvents();
  [[nodiscard]] Task<JobRun> ProcessConektaEvents();
  [[nodiscard]] Task<JobRun> ReportUsage();
  [[nodiscard]] Task<JobRun> VerifyMirror();
  [[nodiscard]] Task<JobRun> PruneOld();

  Clock& clock_;
  Service& service_;
  Reconciler& reconciler_;
  Prune prune_;
  Timestamp prune_at_ = {};
  Notifications& told_;
  JobLoop inbox_;
  JobLoop plinto_events_;
  JobLoop conekta_events_;
  JobLoop usage_;
  JobLoop notifications_;
  JobLoop mirror_;
  JobLoop endpoint_watch_;
  JobLoop cold_start_;
  JobLoop retention_;
  JobLoop cancellations_;
};

}  // namespace plinto::polar::server

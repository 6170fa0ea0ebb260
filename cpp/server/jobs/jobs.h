// Keeps the service's queues moving: the inbox of webhooks and the outbox of usage, each by its own loop (job_loop.h).
//
// Runs on one executor. Stop() it before it goes.
#pragma once

#include "server/jobs/job_loop.h"
#include "server/service/service.h"

namespace plinto::polar::server {

class Jobs {
 public:
  Jobs(const boost::asio::any_io_executor& executor, Clock& clock, Service& service);

  void Start();
  /// Returns once the work in hand is finished; what is left stays stored for the next start.
  [[nodiscard]] Task<void> Stop();

 private:
  JobLoop inbox_;
  JobLoop usage_;
};

}  // namespace plinto::polar::server

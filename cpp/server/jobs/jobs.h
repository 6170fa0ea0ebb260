// Keeps the service's queues moving: the inbox of webhooks and the outbox of usage, each by its own loop.
//
// A loop runs when it is notified, and when the service says that something will be due. Runs on one executor.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>

#include "server/base/clock.h"
#include "server/service/service.h"

namespace plinto::polar::server {

class Jobs {
 public:
  Jobs(boost::asio::any_io_executor executor, Clock& clock, Service& service);
  ~Jobs();

  void Start();
  /// Returns once the work in hand is finished; what is left stays stored for the next start.
  [[nodiscard]] Task<void> Stop();

 private:
  class Loop;
  std::unique_ptr<Loop> inbox_;
  std::unique_ptr<Loop> usage_;
};

}  // namespace plinto::polar::server

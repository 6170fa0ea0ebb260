// Heals the mirror: asks Polar again for all that it knows of a customer, and Conekta where they buy there, and repairs
// what differs. Deliveries may be
// lost for good, by an endpoint that was disabled or a server that was away; this is the mirror's second source.
//
// Who is due stands in the store: once a day at least, 15 minutes after the end of a period, and at once where
// something that Polar said disagrees with the mirror, or where no server was at work for ten minutes. Polar is asked
// gently, one customer after the other. Of several servers each takes other customers. Like the service it owns no
// clock or socket; one executor.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "server/base/job_run.h"
#include "server/service/host.h"
#include "server/service/settings.h"
#include "server/store/reconcile_store.h"

namespace plinto::polar::server {

class Reconciler {
 public:
  /// What `host` refers to and the store outlive this.
  Reconciler(const Host& host, Settings settings, ReconcileStore& store)
      : host_(host), settings_(std::move(settings)), store_(store) {}

  /// Asks Polar for the customer who is due the longest, if anybody is and it is time. Returns when to go on. While
  /// Polar fails it pauses, for as long as Polar asks for or up to five minutes. Each repair is a line of the log.
  [[nodiscard]] Task<JobRun> Work();

  /// Asks Polar for one customer and repairs what differs. Returns every repair. `is_dry` repairs nothing.
  /// Errors: those of Polar; STORE_FAILED; CONFIGURATION_INVALID when Polar knows neither the customer nor anything
  /// that they bought: then it is another account's Polar, and nothing is repaired.
  [[nodiscard]] Task<Result<std::vector<Repair>>> Reconcile(std::string polar_customer_id, bool is_dry);

 private:
  /// Says once a minute that a server is at work. Where none was for ten minutes, everybody is due.
  [[nodiscard]] Task<Status> KeepHeartbeat(Timestamp now);
  [[nodiscard]] Task<Result<bool>> ReconcileNext();
  [[nodiscard]] Timestamp Pause(const Error& error);

  Host host_;
  Settings settings_;
  ReconcileStore& store_;
  Timestamp seen_at_ = {};  ///< as this server has written it
  Timestamp next_turn_ = {};
  int failures_ = 0;
  bool is_conektas_ = false;  ///< the last customer's error is
};

/// Is the error of this one customer's answer alone?
[[nodiscard]] bool IsOfCustomer(const Error& error);

/// `subscription ID: status active -> canceled`.
[[nodiscard]] std::string LineOf(const Repair& repair);

}  // namespace plinto::polar::server

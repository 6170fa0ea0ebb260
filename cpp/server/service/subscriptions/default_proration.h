// How changes are billed that name no way: what the organization has set at Polar, held in memory for some minutes.
//
// For coroutines of one executor thread.
#pragma once

#include <optional>
#include <string>

#include "core/model/subscription_update.h"
#include "server/service/call_terms.h"
#include "server/service/host.h"
#include "server/service/settings.h"

namespace plinto::polar::server {

class DefaultProration {
 public:
  /// Both outlive this.
  DefaultProration(Host& host, const Settings& settings) : host_(host), settings_(settings) {}

  /// `organization_id`: Polar's, as its products name it. Errors: those of Polar; VALIDATION_FAILED, naming
  /// `proration_behavior`, where it cannot be known: then the caller has to name one.
  [[nodiscard]] Task<Result<Proration>> Read(std::optional<std::string> organization_id, CallTerms terms);

 private:
  Host& host_;
  const Settings& settings_;
  std::optional<Proration> held_;
  Timestamp fetched_at_;
};

}  // namespace plinto::polar::server

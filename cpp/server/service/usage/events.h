// A usage event as it is recorded, one by one or in a batch.
#pragma once

#include "core/gateway/usage.h"
#include "server/service/caller/caller.h"
#include "server/service/settings.h"

namespace plinto::polar::server {

/// End users record what USAGE_EVENTS lists, back ends what they like; as much of it as
/// core/billing/usage/usage_range.h says. Errors: USAGE_EVENT_NOT_ALLOWED; VALIDATION_FAILED on `quantity`.
[[nodiscard]] Status CheckMayRecord(const Settings& settings, const Credentials& credentials,
                                    const PolarUsageOptions& event);

/// When an event was received, and what its sender says of their own clock.
struct Received {
  Timestamp now;
  std::optional<Timestamp> sent_at = {};
};

/// The row to store, with `properties` as their JSON text. An event without an id of its own gets one.
/// Errors: VALIDATION_FAILED on `timestamp` or `member_id`.
[[nodiscard]] Result<UsageRow> NewUsageRow(Random& random, const Caller& caller, const PolarUsageOptions& event,
                                           std::string properties, const Received& received);
[[nodiscard]] std::string PropertiesOf(const PolarUsageOptions& event);

}  // namespace plinto::polar::server

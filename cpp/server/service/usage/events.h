// A usage event as it is recorded, one by one or in a batch.
#pragma once

#include "core/gateway/usage.h"
#include "server/service/caller/caller.h"
#include "server/service/settings.h"

namespace plinto::polar::server {

/// End users record what USAGE_EVENTS lists, back ends what they like. Errors: USAGE_EVENT_NOT_ALLOWED.
[[nodiscard]] Status CheckMayRecord(const Settings& settings, const Credentials& credentials,
                                    const std::string& event_name);

/// The row to store, with `properties` as their JSON text. An event without an id of its own gets one.
[[nodiscard]] UsageRow NewUsageRow(Random& random, Subject subject, const PolarUsageOptions& event,
                                   std::string properties, Timestamp now);
[[nodiscard]] std::string PropertiesOf(const PolarUsageOptions& event);

}  // namespace plinto::polar::server
